#include "trial/conditions.h"

#include <algorithm>

namespace capmin {
namespace {

constexpr int kMostUndecided = 3;

}  // namespace

OpenPorts::OpenPorts(CapabilitySet ceiling, const std::vector<ConditionTrial>& trials) {
  for (const CapabilitySet grant : {CapabilitySet{}, ceiling}) {
    int undecided = 0;
    bool failed = false;
    for (const ConditionTrial& trial : trials) {
      if (trial.grant != grant) continue;
      if (trial.verdict == Verdict::kPassed) {
        passed_ = trial;
        return;
      }
      failed = failed || trial.verdict == Verdict::kFailed;
      if (trial.verdict == Verdict::kUndecided) ++undecided;
    }
    if (failed) continue;
    if (undecided < kMostUndecided) wanted_ = grant;
    return;
  }
}

Conditions::Conditions(CapabilitySet set, const std::vector<ConditionTrial>& trials) {
  const CapabilitySet candidates = set & kOfPortsAndPing;
  if (candidates.empty()) return;
  // All at once first: mostly there is one candidate, or one trial tells about both.
  const std::optional<Verdict> together = ask(set - candidates, trials);
  if (!together) return;
  if (*together == Verdict::kPassed) {
    conditional_ = candidates;
    return;
  }
  for (const Capability candidate : candidates.members()) {
    const CapabilitySet grant = set.without(candidate);
    const std::optional<Verdict> alone = ask(grant, trials);
    if (!alone) return;
    if (*alone == Verdict::kPassed) conditional_ = conditional_.with(candidate);
    if (*alone == Verdict::kUndecided) unknown_ = unknown_.with(candidate);
  }
  // Each alone but not both together: then one of them is needed anyway, and the weaker one stays.
  if (conditional_.size() > 1) conditional_ = {Capability::kNetRaw};
}

std::optional<Verdict> Conditions::ask(CapabilitySet grant,
                                       const std::vector<ConditionTrial>& trials) {
  asked_.push_back(grant);
  const auto of_grant = [grant](const ConditionTrial& trial) { return trial.grant == grant; };
  const auto decided = std::ranges::find_if(trials, [&](const ConditionTrial& trial) {
    return of_grant(trial) && trial.verdict != Verdict::kUndecided;
  });
  if (decided != trials.end()) return decided->verdict;
  if (std::ranges::count_if(trials, of_grant) >= kMostUndecided) return Verdict::kUndecided;
  wanted_ = grant;
  return std::nullopt;
}

}  // namespace capmin
