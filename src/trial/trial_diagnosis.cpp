#include "trial/trial_diagnosis.h"

#include "diagnosis/ending_clue.h"
#include "diagnosis/program_clue.h"
#include "diagnosis/secrets.h"
#include "text/sanitize.h"
#include "trial/last_line.h"
#include "trial/losses.h"
#include "trial/trial_observation.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace capmin {
namespace {

/// Each costs a call of the engine.
constexpr std::size_t kMostPrograms = 16;

void ask_rules(const SearchPlan& plan, const RuleTable& rules, const HarmlessEvidence& harmless,
               FinishedTrial& trial) {
  if (trial.outcome.verdict == Verdict::kUndecided) return;
  const Evidence evidence = evidence_of(trial.outcome, trial.request.grant);
  std::ranges::move(rules.clues(evidence, plan.secrets), std::back_inserter(trial.clues));
  // The way it ended is asked where no line tells more.
  if (trial.outcome.verdict == Verdict::kFailed) {
    std::erase_if(trial.clues, [&harmless](const Clue& clue) { return harmless.holds(clue); });
  }
  if (auto clue = ending_clue(evidence, trial.clues)) {
    trial.clues.push_back(std::move(*clue));
  }
}

/// The guess is read off the baseline; what files carry is needed for it, and not traced.
void look_at_programs(const SearchPlan& plan, FinishedTrial& trial) {
  if (!trial.outcome.trace || trial.outcome.verdict != Verdict::kPassed) return;
  if (trial.request.grant != plan.policy.ceiling) return;
  Trace& trace = *trial.outcome.trace;
  CapabilitySet carried = trace.carried.value_or(CapabilitySet{});
  if (!trace.carried) {
    const std::size_t asked = std::min(trace.programs.size(), kMostPrograms);
    for (std::size_t i = 0; i < asked; ++i) {
      carried |= plan.privileges_of(trace.programs[i]).needed_to_execute;
    }
  }
  trace.carried = carried & plan.policy.ceiling;
}

/// The image knows more than the words of a log.
void sharpen_clues(const SearchPlan& plan, FinishedTrial& trial) {
  if (trial.outcome.verdict != Verdict::kFailed) return;
  for (Clue& clue : trial.clues) {
    expect_suspects(plan.expected, clue);
    if (!clue.program.empty()) heed_program(plan.privileges_of(clue.program), clue);
  }
}

/// An end that is worse than the baseline's counts as failure.
void judge_end(const SearchPlan& plan, const RuleTable& rules, const SearchResult& before,
               FinishedTrial& trial) {
  Outcome& outcome = trial.outcome;
  if (outcome.verdict != Verdict::kPassed || !outcome.stop_end) return;
  if (trial.request.grant == plan.policy.ceiling) return;
  const std::vector<FinishedTrial> baselines = before.baselines(plan.policy.ceiling);
  // Without a measure, which only a trial beside the baseline can lack, it is not judged yet.
  if (baselines.empty()) outcome.verdict = Verdict::kUndecided;
  Evidence said;
  said.granted = trial.request.grant;
  said.log = outcome.stop_end->log;
  std::optional<WorseEnd> worse = worse_end(trial, rules.clues(said, plan.secrets), baselines);
  if (!worse) return;
  outcome.exit_code = outcome.stop_end->exit_code;
  outcome.decide(worse->ending == Ending::kWorseEnd ? Verdict::kFailed : Verdict::kUndecided,
                 worse->ending);
  trial.clues.push_back(std::move(worse->clue));
}

/// What the machine alone may have brought about counts once it was seen twice. A probe that hangs
/// under the ceiling has had the longest time there is.
void judge_chance(const SearchPlan& plan, const SearchResult& before, FinishedTrial& trial) {
  const Ending ending = trial.outcome.ending;
  if (ending != Ending::kNoAnswer && ending != Ending::kKilledAtEnd) return;
  const CapabilitySet grant = trial.request.grant;
  const bool is_seen_before =
      std::ranges::any_of(before.trials, [grant, ending](const FinishedTrial& other) {
        return other.request.grant == grant && other.outcome.ending == ending;
      });
  const CapabilitySet ceiling = plan.policy.ceiling;
  const bool is_first_of_all = grant == ceiling && before.baselines(ceiling).empty();
  if (is_seen_before || is_first_of_all) trial.outcome.verdict = Verdict::kFailed;
}

/// What was lost counts as failure, but for the baseline: it is the measure.
void judge_losses(const SearchPlan& plan, const SearchResult& before, FinishedTrial& trial) {
  if (trial.outcome.verdict != Verdict::kPassed) return;
  if (trial.request.grant == plan.policy.ceiling) return;
  const std::vector<FinishedTrial> baselines = before.baselines(plan.policy.ceiling);
  // Without a measure, which only a trial beside the baseline can lack, it is not judged yet.
  if (baselines.empty()) trial.outcome.verdict = Verdict::kUndecided;
  const Losses lost = losses(trial, baselines);
  if (lost.empty()) return;
  std::ranges::transform(lost.processes, std::back_inserter(trial.clues), clue_of_process_loss);
  trial.outcome.verdict = Verdict::kFailed;
  trial.outcome.ending = Ending::kNewErrors;
}

/// What strace saw fail in a trial that passed is kept whatever was granted: it is harmless.
void add_watched_clues(const RuleTable& rules, FinishedTrial& trial) {
  if (trial.outcome.verdict == Verdict::kUndecided) return;
  const bool has_failed = trial.outcome.verdict == Verdict::kFailed;
  const CapabilitySet known = has_failed ? trial.request.grant : CapabilitySet{};
  std::ranges::move(straced_clues(trial.outcome, known, rules), std::back_inserter(trial.clues));
  std::ranges::move(traced_clues(trial.outcome, rules), std::back_inserter(trial.clues));
}

void mask(const Secrets& secrets, Outcome& outcome) {
  for (std::string* const text : {&outcome.log, &outcome.probe_output, &outcome.reset_failure,
                                  &outcome.engine_message, &outcome.strace_trouble}) {
    *text = secrets.masked(*text);
  }
  for (FailedCall& call : outcome.failed_calls) {
    call.arguments = secrets.masked(call.arguments);
    call.process = secrets.masked(call.process);
  }
  if (outcome.stop_end) outcome.stop_end->log = secrets.masked(outcome.stop_end->log);
  if (!outcome.trace) return;
  outcome.trace = with_names(*outcome.trace, [&secrets](const std::string& process) {
    return secrets.masked(sanitize(process));
  });
  for (std::string& program : outcome.trace->programs) {
    program = secrets.masked(program);
  }
}

}  // namespace

void diagnose(const SearchPlan& plan, const RuleTable& rules, const SearchResult& before,
              const HarmlessEvidence& harmless, FinishedTrial& trial) {
  judge_end(plan, rules, before, trial);
  judge_chance(plan, before, trial);
  ask_rules(plan, rules, harmless, trial);
  look_at_programs(plan, trial);
  sharpen_clues(plan, trial);
  if (plan.strict) judge_losses(plan, before, trial);
  // Only now: the diagnosis reads ports and paths that the user may have given as variables.
  mask(plan.secrets, trial.outcome);
  add_watched_clues(rules, trial);
  for (Clue& clue : trial.clues) {
    clue.line = plan.secrets.masked(clue.line);
  }
  trial.observation = observation_of(trial, harmless);
  if (trial.outcome.verdict == Verdict::kFailed) harmless.take_from(trial);
  add_last_line(before, trial);
}

}  // namespace capmin
