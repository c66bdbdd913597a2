#include "run/trials.h"

#include "core/error.h"
#include "diagnosis/sanitize.h"
#include "engine/arguments.h"
#include "run/grant_effect.h"

#include <algorithm>
#include <chrono>
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
  return capmin::search(search, rules, trials_of(plan.setup, places, engine, runner), events, stop);
}

}  // namespace capmin
