#pragma once

#include "core/planner.h"

#include <string>

namespace capmin {

/// What is wrong with the claims of `answer`, given the trials in `history`, in one sentence;
/// empty when each claim is backed by trials that are there and say so. Written apart from the
/// planner and sharing nothing with it: a mistake there must not excuse itself here.
std::string find_fault(const Policy& policy, const History& history, const Minimal& answer);

}  // namespace capmin
