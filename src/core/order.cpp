#include "core/order.h"

#include <algorithm>
#include <tuple>

namespace capmin {

std::vector<Capability> least_believed_first(const Policy& policy, CapabilitySet set,
                                             CapabilitySet believed) {
  const auto key = [&](Capability member) {
    return std::tuple(believed.contains(member), policy.belief.at(static_cast<std::size_t>(member)),
                      -static_cast<int>(info(member).risk), member);
  };
  std::vector<Capability> members = set.members();
  std::ranges::sort(members, {}, key);
  return members;
}

}  // namespace capmin
