#include "trial/trial_observation.h"

#include "core/trace.h"
#include "trace/strace_table.h"

#include <algorithm>
#include <iterator>

namespace capmin {
namespace {

/// What made a system call fail for lack of permission, where most programs would not go on, or
/// else where some would not: all of it together, as one refusal is rarely the last, then each.
std::vector<CapabilitySet> traced_suspects(const std::optional<Trace>& trace) {
  if (!trace) return {};
  CapabilitySet all;
  CapabilitySet others;
  for (const Check& check : trace->checks) {
    if (check.result != CheckResult::kHard) continue;
    CapabilitySet& set = belief_of(check) >= kBelieved ? all : others;
    if (belief_of(check) >= kDoubted) set = set.with(check.capability);
  }
  if (all.empty()) all = others;
  std::vector<CapabilitySet> suspects;
  if (!all.empty()) suspects.push_back(all);
  for (const Capability capability : all.members()) {
    if (all.size() > 1) suspects.push_back({capability});
  }
  return suspects;
}

/// What failed last comes first: most programs end soon after what they cannot do without. Every
/// call's best guess comes before any call's second one.
std::vector<CapabilitySet> straced_suspects(const Outcome& outcome, CapabilitySet grant) {
  std::vector<CapabilitySet> suspects;
  for (std::size_t round = 0; round < 3; ++round) {
    for (auto call = outcome.failed_calls.rbegin(); call != outcome.failed_calls.rend(); ++call) {
      const std::vector<CapabilitySet> guesses = suspects_of(*call);
      if (round >= guesses.size() || grant.contains(guesses[round])) continue;
      if (std::ranges::find(suspects, guesses[round]) == suspects.end()) {
        suspects.push_back(guesses[round]);
      }
    }
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

std::vector<Clue> straced_clues(const Outcome& outcome, CapabilitySet grant) {
  std::vector<Clue> clues;
  for (FailedCall call : outcome.failed_calls) {
    std::vector<CapabilitySet> suspects = suspects_of(call);
    std::erase_if(suspects, [grant](CapabilitySet suspect) { return grant.contains(suspect); });
    if (suspects.empty()) continue;
    // How often a call failed changes from run to run.
    call.count = 1;
    Clue& clue = clues.emplace_back();
    clue.rule = "strace";
    clue.line = to_text(call);
    clue.suspects = std::move(suspects);
    clue.reason = "strace saw this system call fail in the trial";
    clue.check = "whether the program needs what it asked for there";
  }
  return clues;
}

Observation observation_of(const FinishedTrial& trial) {
  const Evidence evidence = evidence_of(trial.outcome, trial.request.grant);
  Observation observation{.trial = trial.number,
                          .grant = trial.request.grant,
                          .verdict = trial.outcome.verdict,
                          .signature = {},
                          .suspects = {},
                          .traced = {}};
  if (trial.outcome.trace) observation.traced = belief_of(*trial.outcome.trace);
  if (trial.outcome.verdict == Verdict::kFailed) {
    observation.signature = failure_signature(trial.clues, evidence);
    // The same words at another start are another failure.
    if (trial.outcome.phase == Phase::kRestart) observation.signature += " at the restart";
    const auto suspect = [&observation](const std::vector<CapabilitySet>& sets) {
      std::ranges::copy_if(
          sets, std::back_inserter(observation.suspects), [&observation](CapabilitySet set) {
            return std::ranges::find(observation.suspects, set) == observation.suspects.end();
          });
    };
    suspect(traced_suspects(trial.outcome.trace));
    suspect(straced_suspects(trial.outcome, trial.request.grant));
    suspect(ranked_suspects(trial.clues, evidence.exited));
  }
  return observation;
}

}  // namespace capmin
