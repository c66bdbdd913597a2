#pragma once

#include "core/planner.h"
#include "diagnosis/clue.h"
#include "trial/outcome.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace capmin {

/// A trial that has come to its end, with what the diagnosis made of it.
struct FinishedTrial {
  int number = 0;
  TrialRequest request;
  Outcome outcome;
  std::vector<Clue> clues;
  Observation observation;  ///< what the planner is told of it
  /// Of a trial that passed a number for each of the last lines of its log, without what changes
  /// from start to start, sorted: what it printed explains no failure. Nothing where nobody looked.
  std::optional<std::vector<std::uint64_t>> harmless_lines{};
};

}  // namespace capmin
