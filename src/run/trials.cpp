#include "run/trials.h"

#include "core/error.h"
#include "engine/arguments.h"
#include "run/grant_effect.h"
#include "run/run_evidence.h"
#include "text/sanitize.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <utility>
#include <variant>

namespace capmin {
namespace {

/// The container through which the image's files are read.
TrialIdentity files_identity(const TrialSetup& setup) {
  constexpr int kNoTrial = -1;
  TrialIdentity identity = trial_identity(setup, kNoTrial, {});
  identity.name = "capmin-" + setup.run_id + "-files";
  return identity;
}

RunTrial trials_of(const TrialSetup& setup, std::shared_ptr<ContainerPlaces> places, Engine& engine,
                   ProcessRunner& runner) {
  TrialSetup placed = setup;
  if (setup.shared.empty()) placed.places = places.get();
  return [placed, places = std::move(places), &engine, &runner](int number, CapabilitySet grant,
                                                                const TrialDeadline& deadline,
                                                                const std::stop_token& stop) {
    return run_trial(placed, number, grant, deadline, engine, runner, stop);
  };
}

/// Whether a repetition of the ceiling would tell more of what the first start used.
bool leaves_first_start_open(CapabilitySet ceiling, const SearchResult& result) {
  if (result.end != SearchEnd::kVerdict) return false;
  const auto* const answer = std::get_if<Minimal>(&*result.verdict);
  if (answer == nullptr) return false;
  const std::optional<FirstStart> first = first_start(result, ceiling, answer->proof);
  return first && !first->used_once.empty() && !first->was_repeated;
}

/// How `search` goes on after `done`, which took `spent`.
SearchPlan rest_of(const SearchPlan& search, const SearchResult& done,
                   std::chrono::steady_clock::duration spent) {
  int before = search.first_number;
  for (const FinishedTrial& trial : search.known) {
    before = std::max(before, trial.number + 1);
  }
  SearchPlan rest = search;
  rest.known = done.trials;
  rest.first_number = done.started;
  std::ranges::copy(done.condition_trials, std::back_inserter(rest.known_conditions));
  if (rest.budget.trials) {
    rest.budget.trials = std::max(0, *rest.budget.trials - (done.started - before));
  }
  if (rest.budget.time) {
    const auto took = std::chrono::ceil<std::chrono::milliseconds>(spent);
    rest.budget.time = std::max(std::chrono::milliseconds(0), *rest.budget.time - took);
  }
  return rest;
}

}  // namespace

RunTrial trials_of(const TrialSetup& setup, int slots, Engine& engine, ProcessRunner& runner) {
  return trials_of(setup, std::make_shared<ContainerPlaces>(slots), engine, runner);
}

ProgramFiles image_files(const RunPlan& plan, Engine& engine, ProcessRunner& runner) {
  return {engine, runner, plan.image, plan.setup.spec, files_identity(plan.setup)};
}

ImagePrograms find_programs(const RunOptions& options, const RunPlan& plan,
                            const SearchResult& result, ProgramFiles& files,
                            const std::function<void(const std::string&)>& say,
                            const std::stop_token& stop) {
  if (result.end == SearchEnd::kVerdict) {
    const auto* answer = std::get_if<Minimal>(&*result.verdict);
    const bool is_about_grants = answer != nullptr
                                     ? !answer->proof.set.empty()
                                     : std::holds_alternative<CeilingFails>(*result.verdict);
    if (!is_about_grants) return {};
  }
  if (!depends_on_files(grant_effect(options, plan, result), plan.engine)) return {};
  say("looking through the image's files for programs that give user " +
      sanitize(container_user(options, plan)) + " capabilities");
  return files.privileged(stop);
}

SearchEnd confirm_without_strace(const RunPlan& plan, const Budget& budget, const RuleTable& rules,
                                 Minimal& answer, SearchResult& result, const SearchEvents& events,
                                 Engine& engine, ProcessRunner& runner,
                                 const std::stop_token& stop) {
  constexpr int kAttempts = 3;
  TrialSetup plain = plan.setup;
  plain.straced.clear();
  const CapabilitySet set = answer.proof.set;
  SearchPlan search = plan.search;
  search.known = result.trials;
  search.budget = budget;
  const int before = result.started;
  search.first_number = before;
  int number = before;
  const ChooseTrials choose = [&](const History& history) -> std::optional<RunTrials> {
    int asked = 0;
    for (const Observation& seen : history) {
      if (seen.trial < before) continue;
      ++asked;
      number = seen.trial;
      if (seen.verdict != Verdict::kUndecided) return std::nullopt;
    }
    if (asked >= kAttempts) return std::nullopt;
    return RunTrials{{TrialRequest{.grant = set, .purpose = Purpose::kConfirm, .subject = {}}}};
  };
  SearchResult more = run_trials(search, rules, trials_of(plain, search.slots, engine, runner),
                                 events, stop, choose);
  if (more.end == SearchEnd::kInterrupted) return more.end;
  result.trials = std::move(more.trials);
  result.started = std::max(result.started, more.started);
  if (more.end != SearchEnd::kVerdict) return more.end;
  const Outcome& outcome = result.trial(number).outcome;
  if (outcome.verdict == Verdict::kFailed) {
    throw Error(ExitCode::kUnstable,
                to_string(set) + " passed under strace but not without it (trial " +
                    std::to_string(number) + "): " + describe(outcome),
                "strace changes this program's timing; use --evidence logs or kernel");
  }
  if (outcome.verdict != Verdict::kPassed) {
    throw Error(ExitCode::kEngine,
                "the trial of " + to_string(set) +
                    " without strace could not be judged: " + describe(outcome),
                "run capmin again, or use --evidence logs");
  }
  answer.proof.passed.push_back(number);
  return SearchEnd::kVerdict;
}

SearchResult search_by_trials(SearchPlan search, const RunPlan& plan, const RuleTable& rules,
                              const SearchEvents& events, Engine& engine, ProcessRunner& runner,
                              const std::stop_token& stop) {
  const auto places = std::make_shared<ContainerPlaces>(search.slots);
  if (!trial_sysctls(plan.setup.spec).empty()) {
    TrialSetup setup = plan.setup;
    setup.spec.ports = Ports::kEngine;
    search.under_engine_ports = trials_of(setup, places, engine, runner);
  }
  const RunTrial run_trial = trials_of(plan.setup, places, engine, runner);
  const auto begin = std::chrono::steady_clock::now();
  SearchResult result = capmin::search(search, rules, run_trial, events, stop);
  if (!leaves_first_start_open(search.policy.ceiling, result)) return result;
  // Of a repetition that fails the planner is told as of any other trial.
  SearchPlan rest = rest_of(search, result, std::chrono::steady_clock::now() - begin);
  SearchResult repeated = run_trials(
      rest, rules, run_trial, events, stop,
      [first = result.started,
       ceiling = search.policy.ceiling](const History& history) -> std::optional<RunTrials> {
        if (std::ranges::any_of(history,
                                [first](const Observation& seen) { return seen.trial >= first; })) {
          return std::nullopt;
        }
        return RunTrials{
            {TrialRequest{.grant = ceiling, .purpose = Purpose::kConfirm, .subject = {}}}};
      });
  if (repeated.end == SearchEnd::kOutOfTime || repeated.end == SearchEnd::kOutOfTrials) {
    return result;
  }
  repeated.condition_trials = std::move(result.condition_trials);
  if (repeated.end != SearchEnd::kVerdict) return repeated;
  rest = rest_of(search, repeated, std::chrono::steady_clock::now() - begin);
  result = capmin::search(rest, rules, run_trial, events, stop);
  result.condition_trials.insert(result.condition_trials.begin(), repeated.condition_trials.begin(),
                                 repeated.condition_trials.end());
  return result;
}

}  // namespace capmin
