#pragma once

#include "core/capability.h"
#include "core/replay.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

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

/// What to minimize, and for which end.
struct Start {
  CapabilitySet passing;   ///< observed passing
  CapabilitySet believed;  ///< members that are expected to be needed
  bool exploring = false;  ///< whether the trials belong to a question beyond one-minimal
};

/// A subset of `start.passing` that passes and of which each member, removed alone, was observed
/// failing, with the confirmations that the replay demands. Nothing when the replay cannot go on.
std::optional<CapabilitySet> minimize(const Policy& policy, Replay& replay, const Start& start);

/// Reads the proof of `set` off the replay, which must have come to an end with it.
Proof read_proof(const Replay& replay, CapabilitySet set);

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
bool complete(const Policy& policy, Replay& replay, Explored& explored);

}  // namespace capmin
