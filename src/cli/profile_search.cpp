#include "cli/profile_search.h"

#include "cli/run_failure.h"
#include "cli/run_profile.h"
#include "cli/trials.h"
#include "core/error.h"
#include "core/partial_proof.h"

#include <utility>
#include <variant>

namespace capmin {
namespace {

/// Throws what tells of the search's end, where that is no minimal set.
const Minimal& answer_of(const ProfileSearch& asked, const SearchResult& result,
                         const ImagePrograms& programs) {
  if (const auto* const unstable = std::get_if<Unstable>(&*result.verdict)) {
    throw failure_of(*unstable, asked.options, result);
  }
  if (const auto* const undecided = std::get_if<Undecided>(&*result.verdict)) {
    throw failure_of(*undecided, result);
  }
  if (const auto* const fails = std::get_if<CeilingFails>(&*result.verdict)) {
    throw failure_of(*fails, asked.options, asked.plan, result, programs);
  }
  return std::get<Minimal>(*result.verdict);
}

/// The best that a search has shown whose budget was used up.
FoundProfile unfinished(const ProfileSearch& asked, const SearchResult& result,
                        const ImagePrograms& programs) {
  const std::string budget =
      result.end == SearchEnd::kOutOfTime ? "the deadline" : "the number of trials";
  const std::optional<Proof> best = proof_so_far(result.history());
  if (!best) {
    throw Error(ExitCode::kBudget, budget + " was used up before any set passed", "give it more");
  }
  return {unfinished_profile_of(asked.options, asked.plan, result, *best, programs,
                                ending_now(asked.begin)),
          budget + " was used up"};
}

}  // namespace

bool is_interrupted(const SearchResult& result) {
  switch (result.end) {
    case SearchEnd::kVerdict:
      return false;
    case SearchEnd::kInterrupted:
      return true;
    case SearchEnd::kOutOfTime:
      throw Error(ExitCode::kBudget, "the deadline was used up before the answer was known",
                  "give it more time");
    case SearchEnd::kOutOfTrials:
      throw Error(ExitCode::kBudget, "the number of trials was used up before the answer was known",
                  "give it more trials");
  }
  return false;
}

std::optional<FoundProfile> find_profile(const ProfileSearch& asked, int& trials) {
  const auto& [options, plan, under_engine, engine, bench, progress, begin] = asked;
  const int before = static_cast<int>(plan.search.known.size());
  ProgramFiles files = image_files(plan, engine, bench.runner);
  SearchPlan with_files = plan.search;
  with_files.privileges_of = [&files](const std::string& program) {
    return files.privileges_of(program);
  };
  SearchResult result =
      search(with_files, bench.rules.table, trials_of(plan.setup, engine, bench.runner),
             progress == nullptr ? SearchEvents{} : progress->events(), bench.stop);
  trials += result.started - before;
  if (result.end == SearchEnd::kInterrupted) return std::nullopt;
  const ImagePrograms programs = find_programs(
      options, plan, result, files,
      [terminal = bench.terminal](const std::string& line) {
        if (terminal != nullptr) terminal->line(line);
      },
      bench.stop);
  if (bench.stop.stop_requested()) return std::nullopt;
  if (result.end != SearchEnd::kVerdict) return unfinished(asked, result, programs);
  const Minimal& answer = answer_of(asked, result, programs);
  const int started = result.started;
  const auto found = find_conditions(plan, answer, under_engine, result, engine, bench.runner,
                                     progress, bench.stop);
  if (!found) return std::nullopt;
  trials += result.started - started;
  return FoundProfile{
      profile_of(options, plan, result, {answer, found->conditional, found->unknown, found->trials},
                 programs, ending_now(begin)),
      {}};
}

}  // namespace capmin
