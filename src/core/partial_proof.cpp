#include "core/partial_proof.h"

#include <vector>

namespace capmin {
namespace {

std::vector<int> trials_of(const History& history, CapabilitySet grant, Verdict verdict) {
  std::vector<int> trials;
  for (const Observation& observation : history) {
    if (observation.grant == grant && observation.verdict == verdict) {
      trials.push_back(observation.trial);
    }
  }
  return trials;
}

}  // namespace

std::optional<Proof> proof_so_far(const History& history) {
  const std::optional<CapabilitySet> best = best_so_far(history);
  if (!best) return std::nullopt;
  Proof proof{*best, trials_of(history, *best, Verdict::kPassed), {}};
  for (const Capability member : best->members()) {
    const CapabilitySet grant = best->without(member);
    std::vector<int> failed = trials_of(history, grant, Verdict::kFailed);
    if (failed.empty() || !trials_of(history, grant, Verdict::kPassed).empty()) continue;
    proof.removals.push_back({member, grant, std::move(failed)});
  }
  return proof;
}

}  // namespace capmin
