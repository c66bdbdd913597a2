#include "core/order.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

TEST_CASE("the least believed member comes first, then the riskiest, then the lowest bit") {
  Policy policy;
  policy.belief.at(static_cast<std::size_t>(Capability::kSysAdmin)) = 0.2;
  const CapabilitySet set{Capability::kSysAdmin, Capability::kChown, Capability::kKill,
                          Capability::kFowner, Capability::kSetuid};
  CHECK(least_believed_first(policy, set, {Capability::kChown}) ==
        std::vector{Capability::kFowner, Capability::kSetuid, Capability::kKill,
                    Capability::kSysAdmin, Capability::kChown});
}

}  // namespace
}  // namespace capmin
