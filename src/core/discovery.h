#pragma once

#include "core/replay.h"

#include <optional>

namespace capmin {

/// Between which sets a critical member is looked for.
struct Between {
  CapabilitySet accepted;    ///< observed failing
  CapabilitySet upper;       ///< observed passing, contains `accepted`
  CapabilitySet failing;     ///< observed failing, contains `accepted`; empty when unknown
  bool trusts_clues = true;  ///< whether the suspects of new failures come first
  int most_failures = 0;     ///< failing trials after which to stop
};

/// A member that turns a failing set into a passing one.
struct Split {
  CapabilitySet passing;               ///< observed passing, no larger than `upper`
  std::optional<Capability> critical;  ///< without it `passing` fails; none: stopped before
  int failures = 0;                    ///< failing trials this took
};

/// Halves the distance between the sets, by the weight of what is believed needed, until one
/// member makes the difference. Nothing when the replay cannot go on.
std::optional<Split> find_critical(const Policy& policy, Replay& replay, const Between& between);

/// So many refuted suspects end the belief in clues.
inline constexpr int kMostRefutations = 3;
/// So many failing trials of the search from below, and no more than half the ceiling's size of
/// those that brought no progress, end it: removal from above costs one trial for each member.
inline constexpr int kMostSearchFailures = 16;

/// A set that passes, and which of its members the evidence speaks for.
struct Found {
  CapabilitySet passing;
  CapabilitySet believed;
};

/// Looks for a set that passes, from Policy::guess upwards: by the suspects of each failure, then
/// by splitting what lies between the failing set and the smallest passing one. It may end with a
/// set far from minimal, the ceiling at worst, where removing members one by one is cheaper.
/// The ceiling must have passed. Nothing when the replay cannot go on.
std::optional<Found> find_passing(const Policy& policy, Replay& replay);

}  // namespace capmin
