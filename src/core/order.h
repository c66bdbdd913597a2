#pragma once

#include "core/planner.h"

#include <vector>

namespace capmin {

/// The members of `set`, those first that are least believed needed: those outside `believed`, by
/// Policy::belief, ties by the worse risk, then by the bit number.
std::vector<Capability> least_believed_first(const Policy& policy, CapabilitySet set,
                                             CapabilitySet believed);

}  // namespace capmin
