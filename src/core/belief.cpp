#include "core/belief.h"

#include <algorithm>
#include <tuple>

namespace capmin {
namespace {

using enum Capability;

/// Nearly every server that exposes a low port also listens on it.
constexpr double kExposedPortBelief = 0.9;
/// What takes root's identity away, and what only root's files need.
constexpr CapabilitySet kBusinessOfRoot{kChown,  kDacOverride, kFowner,   kFsetid,
                                        kSetgid, kSetuid,      kSysChroot};
/// An image that names another user was made to do without.
constexpr double kOtherUserFactor = 0.1;

}  // namespace

Belief belief_of(const StartingFacts& facts) {
  Belief belief{};
  for (const CapabilityInfo& row : all_capabilities()) {
    const bool is_unlikely = !facts.is_root && kBusinessOfRoot.contains(row.capability);
    belief[row.capability] = row.need_rate * (is_unlikely ? kOtherUserFactor : 1);
  }
  if (facts.exposes_privileged_port) {
    belief[kNetBindService] = kExposedPortBelief;
  }
  return belief;
}

std::vector<Capability> least_believed_first(const Policy& policy, CapabilitySet set,
                                             CapabilitySet believed) {
  const auto key = [&](Capability member) {
    return std::tuple(believed.contains(member), policy.belief[member],
                      -static_cast<int>(info(member).risk), member);
  };
  std::vector<Capability> members = set.members();
  std::ranges::sort(members, {}, key);
  return members;
}

}  // namespace capmin
