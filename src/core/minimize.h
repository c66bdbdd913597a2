#pragma once

#include "core/replay.h"

#include <optional>

namespace capmin {

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

}  // namespace capmin
