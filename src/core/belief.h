#pragma once

#include "core/planner.h"

#include <vector>

namespace capmin {

/// What is known of an image and the settings of its trials before the first of them.
struct StartingFacts {
  bool is_root = true;  ///< the user that its program starts as
  /// It exposes a port that is privileged in the trials.
  bool exposes_privileged_port = false;
};

/// How strongly each capability is believed to be needed by such an image, for Policy::belief: how
/// often real services need it (CapabilityInfo::need_rate); a privileged port speaks for
/// NET_BIND_SERVICE; a user other than root speaks against what programs use to prepare files and
/// to give root up.
Belief belief_of(const StartingFacts& facts);

/// The members of `set`, those first that are least believed needed: those outside `believed`, by
/// Policy::belief, ties by the worse risk, then by the bit number.
std::vector<Capability> least_believed_first(const Policy& policy, CapabilitySet set,
                                             CapabilitySet believed);

}  // namespace capmin
