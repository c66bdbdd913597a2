#pragma once

#include "core/capability_set.h"

#include <optional>
#include <span>

namespace capmin {

/// The outcome of looking for a hitting set.
struct HittingSet {
  std::optional<CapabilitySet> lightest;  ///< empty: there is none
  bool exhausted = false;                 ///< too many combinations: nothing is known
};

/// The least risky set that has a member in each of `cuts` and contains none of `excluded`.
/// It is minimal: no proper subset has both properties.
HittingSet lightest_hitting_set(std::span<const CapabilitySet> cuts,
                                std::span<const CapabilitySet> excluded);

}  // namespace capmin
