#include "trial/trial_observation.h"

#include "core/telling_checks.h"
#include "core/trace.h"
#include "trace/strace_table.h"

#include <algorithm>
#include <iterator>
#include <string>

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
  }
  return observation;
}

}  // namespace capmin
