#pragma once

#include "core/capability_set.h"
#include "run/verification_result.h"

#include <string>

namespace capmin {

/// The set as a sentence goes on with it: "with CHOWN,KILL", "without any capability".
std::string with(CapabilitySet set);

/// What is known of the set besides the result.
struct ConclusionFacts {
  bool is_proven = false;     ///< each member that is left was seen to be needed
  bool is_refreshed = false;  ///< a profile is found anew: no hint says how to get one
};

/// Gives `result` the status, the sentence and the hint of a profile whose set works, by its set,
/// the members that could go, and its drift.
void conclude(const ConclusionFacts& facts, Verification& result);

}  // namespace capmin
