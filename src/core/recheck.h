#pragma once

#include "core/planner.h"
#include "core/trial.h"

#include <variant>
#include <vector>

namespace capmin {

/// The question whether a set that was found earlier still works.
struct Recheck {
  CapabilitySet set;
  CapabilitySet ceiling;  ///< tells a set that became too small from a probe that never passes
  int confirm = 1;  ///< passes that the answer takes; it takes at least kLeastFailures failures
  bool ceiling_first = false;  ///< the ceiling is the measure by which passes are judged
};

/// So many trials of a set, and of the ceiling, must agree that it fails: one may be a flake.
inline constexpr int kLeastFailures = 2;

/// The set passed, in these trials, and never failed.
struct Holds {
  std::vector<int> trials;
};

/// The set failed, in these trials, and never passed; the ceiling passed.
struct Broken {
  std::vector<int> trials;
};

/// What to run next, or the answer. Even the ceiling, a grant that contradicts itself and one that
/// cannot be judged are ends of their own.
using RecheckStep = std::variant<RunTrials, Holds, Broken, CeilingFails, Unstable, Undecided>;

/// What to do after `history`, one trial at a time. Pure. An answer rests on completed trials only.
RecheckStep next(const Recheck& recheck, const History& history);

}  // namespace capmin
