#pragma once

#include "core/planner.h"

#include <string>

namespace capmin {

/// What is wrong with the claims of `answer`, given the trials in `history`, in one sentence;
/// empty when each claim is backed by trials that are there and say so. Written apart from the
/// planner and sharing nothing with it: a mistake there must not excuse itself here.
std::string find_fault(const Policy& policy, const History& history, const Minimal& answer);

/// The same for the proof of a search that was cut short, which claims less: that the set passed
/// more often than it failed, and those removals that it has.
std::string find_fault(const Policy& policy, const History& history, const Proof& partial);

/// The same for the claim that `set` does without its members `conditional` where low ports and
/// ping are open to all; `there` are the trials under such settings.
std::string find_fault(CapabilitySet set, CapabilitySet conditional, const History& there);

}  // namespace capmin
