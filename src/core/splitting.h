#pragma once

#include "core/replay.h"

#include <optional>

namespace capmin {

/// Between which sets a critical member is looked for.
struct Between {
  CapabilitySet accepted;  ///< observed failing
  CapabilitySet upper;     ///< observed passing, contains `accepted`
  CapabilitySet failing;   ///< observed failing, contains `accepted`; empty when unknown
  bool heed_clues = true;  ///< whether the suspects of new failures come first
  int most_failures = 0;   ///< failing trials after which to stop
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

}  // namespace capmin
