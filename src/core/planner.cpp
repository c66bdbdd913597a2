#include "core/planner.h"

#include "core/discovery.h"
#include "core/minimize.h"
#include "core/replay.h"

#include <algorithm>
#include <map>

namespace capmin {
namespace {

/// So many failures of the ceiling, without a pass, end the search.
constexpr int kCeilingFailures = 2;

/// Whether the strategy may go on: the ceiling passes.
bool baseline_passes(const Policy& policy, Replay& replay) {
  const TrialRequest baseline{policy.ceiling, Purpose::kBaseline, {}};
  std::optional<Verdict> verdict = replay.ask(baseline, 1, Verdict::kPassed);
  if (verdict == Verdict::kFailed) verdict = replay.ask(baseline, kCeilingFailures);
  if (verdict == Verdict::kFailed) {
    replay.finish(CeilingFails{replay.trials(policy.ceiling, Verdict::kFailed)});
  }
  return verdict == Verdict::kPassed;
}

std::optional<Minimal> search(const Policy& policy, Replay& replay) {
  if (!baseline_passes(policy, replay)) return std::nullopt;
  const std::optional<Found> found = find_passing(policy, replay);
  if (!found) return std::nullopt;
  const std::optional<CapabilitySet> set =
      minimize(policy, replay, {found->passing, found->believed});
  if (!set) return std::nullopt;
  Minimal minimal;
  minimal.proof = read_proof(replay, *set);
  minimal.monotone = replay.monotone();
  return minimal;
}

}  // namespace

Step next(const Policy& policy, const History& history, int slots) {
  Replay replay(policy, history, slots);
  const std::optional<Minimal> minimal = search(policy, replay);
  if (!replay.wanted().empty()) return RunTrials{replay.wanted()};
  if (replay.end()) return *replay.end();
  return *minimal;
}

std::optional<CapabilitySet> best_so_far(const History& history) {
  std::map<CapabilitySet, bool> never_failed;
  for (const Observation& observation : history) {
    if (observation.verdict == Verdict::kUndecided) continue;
    const bool passed = observation.verdict == Verdict::kPassed;
    const auto [entry, first] = never_failed.try_emplace(observation.grant, passed);
    if (!first) entry->second = entry->second && passed;
  }
  std::optional<CapabilitySet> best;
  for (const auto& [grant, reliable] : never_failed) {
    if (reliable && (!best || compare_risk(grant, *best) < 0)) best = grant;
  }
  return best;
}

}  // namespace capmin
