#pragma once

#include "core/planner.h"
#include "core/trial.h"

#include <optional>

namespace capmin {

/// What `history` proves of its best_so_far(): the trials in which that set passed, and a removal
/// for each member without which it was observed failing and never passing. Nothing when no set
/// passed.
std::optional<Proof> proof_so_far(const History& history);

}  // namespace capmin
