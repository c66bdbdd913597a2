#pragma once

#include "core/replay.h"

#include <string>
#include <vector>

namespace capmin {

/// What the levels beyond one-minimal have found.
struct Explored {
  std::vector<CapabilitySet> minimal;  ///< one-minimal by observation, the answer first
  std::vector<CapabilitySet> cuts;     ///< observed failing, as large as was asked for
  std::string shortfall;               ///< why the level was not reached; empty when it was
};

/// Asks what `policy.level` takes beyond the one-minimal `set`: which members are essential, and
/// whether less risky sets or other minimal sets exist. Nothing when the replay cannot go on.
std::optional<Explored> explore(const Policy& policy, Replay& replay, CapabilitySet set);

/// Repeats what `explored` rests on until all of it has the confirmations that the replay demands
/// by now, and drops what does not hold. False when the replay cannot go on.
bool settle(const Policy& policy, Replay& replay, Explored& explored);

}  // namespace capmin
