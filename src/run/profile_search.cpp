#include "run/profile_search.h"

#include "core/error.h"
#include "core/partial_proof.h"
#include "run/run_failure.h"
#include "run/run_journal.h"
#include "run/run_profile.h"
#include "run/trials.h"

#include <algorithm>
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

/// The journal of a search that begins with nothing; of another search's it keeps nothing.
std::optional<Journal> journal_of(const ProfileSearch& asked) {
  if (!asked.bench.journal || !asked.plan.search.known.empty()) return std::nullopt;
  const auto& [path, key] = *asked.bench.journal;
  SearchFacts facts = search_facts(asked.options, asked.plan, asked.bench.rules.sha256);
  facts.emplace_back("key", key);
  try {
    return std::optional<Journal>(std::in_place, path, facts, Journal::Mode::kResume);
  } catch (const Error& error) {
    if (error.code() != ExitCode::kUsage) throw;
    return std::optional<Journal>(std::in_place, path, facts, Journal::Mode::kStart);
  }
}

/// What could be judged: the rest may have been the engine's trouble of then.
std::vector<FinishedTrial> judged(std::vector<FinishedTrial> trials) {
  std::erase_if(trials, [](const FinishedTrial& trial) {
    return trial.outcome.verdict == Verdict::kUndecided;
  });
  return trials;
}

/// The number of the first trial that is not known.
int started_before(const SearchPlan& plan) {
  int started = plan.first_number;
  for (const FinishedTrial& trial : plan.known) {
    started = std::max(started, trial.number + 1);
  }
  return started;
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
  const auto& [options, plan, engine, bench, progress, begin] = asked;
  std::optional<Journal> journal = journal_of(asked);
  ProgramFiles files = image_files(plan, engine, bench.runner);
  SearchPlan with_files = plan.search;
  with_files.privileges_of = [&files](const std::string& program) {
    return files.privileges_of(program);
  };
  if (journal) with_files.known = judged(journal->known());
  SearchEvents events = progress == nullptr ? SearchEvents{} : progress->events();
  events.finished = [&journal, shown = events.finished](const FinishedTrial& trial) {
    if (journal) journal->add(trial);
    shown(trial);
  };
  const SearchResult result = search_by_trials(with_files, plan, bench.rules.table, events, engine,
                                               bench.runner, bench.stop);
  trials += result.started - started_before(with_files);
  if (result.end == SearchEnd::kInterrupted) return std::nullopt;
  const ImagePrograms programs = find_programs(
      options, plan, result, files,
      [terminal = bench.terminal](const std::string& line) {
        if (terminal != nullptr) terminal->line(line);
      },
      bench.stop);
  if (bench.stop.stop_requested()) return std::nullopt;
  if (result.end != SearchEnd::kVerdict) return unfinished(asked, result, programs);
  if (journal && !std::holds_alternative<Minimal>(*result.verdict) &&
      !std::holds_alternative<Undecided>(*result.verdict)) {
    journal->remove();
  }
  const Minimal& answer = answer_of(asked, result, programs);
  if (journal) journal->remove();
  return FoundProfile{
      profile_of(options, plan, result, with_conditions(answer, plan.search, result), programs,
                 ending_now(begin)),
      {}};
}

}  // namespace capmin
