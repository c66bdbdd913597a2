#include "core/belief.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace capmin {
namespace {

TEST_CASE("the least believed member comes first, then the riskiest, then the lowest bit") {
  Policy policy;
  policy.belief[Capability::kSysAdmin] = 0.2;
  const CapabilitySet set{Capability::kSysAdmin, Capability::kChown, Capability::kKill,
                          Capability::kFowner, Capability::kSetuid};
  CHECK(least_believed_first(policy, set, {Capability::kChown}) ==
        std::vector{Capability::kFowner, Capability::kSetuid, Capability::kKill,
                    Capability::kSysAdmin, Capability::kChown});
}

double belief(Capability capability, const StartingFacts& facts) {
  return belief_of(facts)[capability];
}

TEST_CASE("without better evidence each capability is believed as often as services need it") {
  for (const CapabilityInfo& row : all_capabilities()) {
    CHECK(belief(row.capability, {}) == row.need_rate);
  }
}

TEST_CASE("a privileged port that is exposed makes NET_BIND_SERVICE the first suspect") {
  const StartingFacts exposing{.is_root = true, .exposes_privileged_port = true};
  for (const CapabilityInfo& row : all_capabilities()) {
    CHECK(belief(row.capability, exposing) <= belief(Capability::kNetBindService, exposing));
  }
  CHECK(belief(Capability::kNetBindService, exposing) > belief(Capability::kChown, exposing));
}

TEST_CASE("an image of another user than root hardly changes identities or owners") {
  const StartingFacts other{.is_root = false, .exposes_privileged_port = false};
  CHECK(belief(Capability::kSetuid, other) < belief(Capability::kNetRaw, other));
  CHECK(belief(Capability::kChown, other) < belief(Capability::kNetRaw, other));
  CHECK(belief(Capability::kNetRaw, other) == belief(Capability::kNetRaw, {}));
}

}  // namespace
}  // namespace capmin
