#include "trial/trial_observation.h"

#include "core/trace.h"
#include "diagnosis/clue.h"
#include "diagnosis/secrets.h"
#include "text/sanitize.h"
#include "trace/strace_log.h"
#include "trial/harmless_evidence.h"
#include "trial/losses.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <utility>

namespace capmin {
namespace {

/// What made a system call fail for lack of permission, where most programs would not go on, or
/// else where some would not: all of it together, as one refusal is rarely the last, then what was
/// asked for at once, then each.
std::vector<CapabilitySet> traced_suspects(const std::optional<Trace>& trace,
                                           const HarmlessEvidence& harmless) {
  if (!trace) return {};
  CapabilitySet requested;
  for (const CapabilityRequest& request : trace->requests) {
    if (!harmless.holds(request)) requested |= request.lacking();
  }
  CapabilitySet all = requested;
  CapabilitySet others;
  for (const Check& check : trace->checks) {
    if (check.result != CheckResult::kHard || harmless.holds(check)) continue;
    CapabilitySet& set = belief_of(check) >= kBelieved ? all : others;
    if (belief_of(check) >= kDoubted) set = set.with(check.capability);
  }
  if (all.empty()) all = others;
  std::vector<CapabilitySet> suspects;
  if (!all.empty()) suspects.push_back(all);
  if (requested.size() > 1 && requested != all) suspects.push_back(requested);
  for (const Capability capability : all.members()) {
    if (all.size() > 1) suspects.push_back({capability});
  }
  return suspects;
}

/// What was refused although no system call failed for it, the most believed first: a program may
/// learn of that another way, as by the kernel's answer to a message, and end without a word.
std::vector<CapabilitySet> softly_traced_suspects(const std::optional<Trace>& trace,
                                                  const HarmlessEvidence& harmless) {
  if (!trace) return {};
  std::map<Capability, double> beliefs;
  for (Check check : trace->checks) {
    if (check.result != CheckResult::kSoft || harmless.holds(check)) continue;
    check.result = CheckResult::kGranted;
    double& known = beliefs[check.capability];
    known = std::max(known, belief_of(check));
  }
  std::erase_if(beliefs, [](const auto& entry) { return entry.second < kDoubted; });
  std::vector<CapabilitySet> suspects;
  for (const auto& [capability, belief] : beliefs) {
    suspects.push_back({capability});
  }
  std::ranges::stable_sort(suspects, std::greater{}, [&beliefs](CapabilitySet suspect) {
    return beliefs.at(suspect.members().front());
  });
  return suspects;
}

}  // namespace

Evidence evidence_of(const Outcome& outcome, CapabilitySet grant) {
  Evidence evidence;
  evidence.granted = grant;
  evidence.log = outcome.log;
  evidence.engine_message = outcome.ending == Ending::kNotExecutable ? outcome.engine_message : "";
  evidence.exited = outcome.exit_code.has_value();
  evidence.exit_code = outcome.exit_code.value_or(0);
  evidence.probe_failed_at_end = outcome.ending == Ending::kProbeFailedAtEnd;
  return evidence;
}

namespace {

/// The rule that knows the errors of a system call as such of a process that lacks the capability;
/// null where none does. Which of the two errors a call gives is its own affair.
const Rule* rule_about(const std::string& call, CapabilitySet lacking, const RuleTable& rules) {
  for (const char* error : {": Operation not permitted", ": Permission denied"}) {
    const Rule* const rule = rules.rule_for(call + error);
    const bool is_known = rule != nullptr && !rule->vague && !rule->suspects.empty() &&
                          !rule->suspects.front().empty() &&
                          rule->suspects.front().contains(lacking);
    if (is_known) return rule;
  }
  return nullptr;
}

/// What was watched, with what a rule says of such a call where there is one.
Clue watched_clue(const char* watcher, const std::string& line, const Rule* rule) {
  Clue clue;
  clue.rule = watcher;
  clue.line = line;
  clue.check = "whether the program needs what it asked for there";
  if (rule == nullptr) return clue;
  clue.check = rule->check;
  clue.alternative = rule->alternative;
  clue.optional = rule->optional;
  return clue;
}

}  // namespace

std::vector<Clue> straced_clues(const Outcome& outcome, CapabilitySet grant,
                                const RuleTable& rules) {
  std::vector<Clue> clues;
  for (FailedCall call : outcome.failed_calls) {
    std::vector<CapabilitySet> suspects = suspects_of(call);
    const bool is_all_granted = std::ranges::all_of(
        suspects, [grant](CapabilitySet suspect) { return grant.contains(suspect); });
    if (is_all_granted) continue;
    // How often a call failed changes from run to run.
    call.count = 1;
    Clue clue =
        watched_clue(kStraceRule, to_text(call), rule_about(call.call, suspects.front(), rules));
    clue.suspects = std::move(suspects);
    clue.reason = "strace saw this system call fail in the trial";
    clues.push_back(std::move(clue));
  }
  return clues;
}

std::vector<Clue> traced_clues(const Outcome& outcome, const RuleTable& rules) {
  std::vector<Clue> clues;
  if (!outcome.trace) return clues;
  for (const CapabilityRequest& request : outcome.trace->requests) {
    const CapabilitySet lacking = request.lacking();
    if (lacking.empty()) continue;
    const std::string who = request.process.empty() ? "" : " by " + request.process;
    Clue& clue = clues.emplace_back();
    clue.rule = kKernelRule;
    clue.line = request.call + who + ": asked for " + to_string(request.asked) +
                " without holding " + to_string(lacking);
    clue.suspects = {lacking};
    clue.reason = "the kernel gives all that a process asks for at once, or nothing";
    clue.check = "can the program be told to ask for less?";
  }
  for (const Capability capability : checked(*outcome.trace, CheckResult::kHard).members()) {
    for (const Check& check : telling_checks(*outcome.trace, capability, CheckResult::kHard)) {
      if (belief_of(check) < kDoubted || check.call.empty()) continue;
      const std::string who = check.process.empty() ? "" : " by " + check.process;
      Clue clue = watched_clue(kKernelRule, check.call + who + ": denied by the kernel",
                               rule_about(check.call, {capability}, rules));
      clue.suspects = {{capability}};
      clue.reason = "the kernel denied this system call in the trial";
      clue.optional = clue.optional || belief_of(check) < kBelieved;
      clues.push_back(std::move(clue));
    }
  }
  return clues;
}

Observation observation_of(const FinishedTrial& trial, const HarmlessEvidence& harmless) {
  Observation observation{.trial = trial.number,
                          .grant = trial.request.grant,
                          .verdict = trial.outcome.verdict,
                          .signature = {},
                          .suspects = {},
                          .traced = {}};
  if (trial.outcome.trace) observation.traced = belief_of(*trial.outcome.trace);
  if (trial.outcome.verdict == Verdict::kFailed) {
    Evidence ending;
    ending.exited = trial.outcome.exit_code.has_value();
    ending.exit_code = trial.outcome.exit_code.value_or(0);
    observation.signature = failure_signature(trial.clues, ending);
    // What a process asked for in vain is the same at each start.
    if (trial.outcome.trace) {
      for (const CapabilityRequest& request : trial.outcome.trace->requests) {
        if (request.lacking().empty() || harmless.holds(request)) continue;
        observation.signature += "\n" + request.call + ' ' + to_string(request.asked) +
                                 " without " + to_string(request.lacking());
      }
    }
    // The same words at another start are another failure.
    if (trial.outcome.phase == Phase::kRestart) observation.signature += " at the restart";
    const auto suspect = [&observation](const std::vector<CapabilitySet>& sets) {
      std::ranges::copy_if(
          sets, std::back_inserter(observation.suspects), [&observation](CapabilitySet set) {
            return std::ranges::find(observation.suspects, set) == observation.suspects.end();
          });
    };
    suspect(traced_suspects(trial.outcome.trace, harmless));
    const auto suspect_of = [&](auto wanted, bool exited) {
      std::vector<Clue> clues;
      std::ranges::copy_if(trial.clues, std::back_inserter(clues), wanted);
      suspect(ranked_suspects(clues, exited));
    };
    // What failed last comes first: most programs end soon after what they cannot do without.
    suspect_of([](const Clue& clue) { return clue.rule == kStraceRule; }, true);
    suspect_of([](const Clue& clue) { return !is_watched(clue); }, ending.exited);
    suspect(softly_traced_suspects(trial.outcome.trace, harmless));
  }
  return observation;
}

namespace {

/// Each costs a call of the engine.
constexpr std::size_t kMostPrograms = 16;

void ask_rules(const SearchPlan& plan, const RuleTable& rules, const HarmlessEvidence& harmless,
               FinishedTrial& trial) {
  if (trial.outcome.verdict == Verdict::kUndecided) return;
  const Evidence evidence = evidence_of(trial.outcome, trial.request.grant);
  std::ranges::move(rules.clues(evidence, plan.diagnosis.secrets), std::back_inserter(trial.clues));
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
      carried |= plan.diagnosis.privileges_of(trace.programs[i]).needed_to_execute;
    }
  }
  trace.carried = carried & plan.policy.ceiling;
}

/// The image knows more than the words of a log.
void sharpen_clues(const SearchPlan& plan, FinishedTrial& trial) {
  if (trial.outcome.verdict != Verdict::kFailed) return;
  for (Clue& clue : trial.clues) {
    expect_suspects(plan.diagnosis.expected, clue);
    if (!clue.program.empty()) add_program(plan.diagnosis.privileges_of(clue.program), clue);
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
  std::optional<WorseEnd> worse =
      worse_end(trial, rules.clues(said, plan.diagnosis.secrets), baselines);
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
  if (plan.diagnosis.strict) judge_losses(plan, before, trial);
  // Only now: the diagnosis reads ports and paths that the user may have given as variables.
  mask(plan.diagnosis.secrets, trial.outcome);
  add_watched_clues(rules, trial);
  for (Clue& clue : trial.clues) {
    clue.line = plan.diagnosis.secrets.masked(clue.line);
  }
  trial.observation = observation_of(trial, harmless);
  if (trial.outcome.verdict == Verdict::kFailed) harmless.take_from(trial);
  add_last_line(before, trial);
}

}  // namespace capmin
