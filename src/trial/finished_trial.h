#pragma once

#include "core/planner.h"
#include "diagnosis/clue.h"
#include "trial/outcome.h"

#include <vector>

namespace capmin {

/// A trial that has come to its end, with what the diagnosis made of it.
struct FinishedTrial {
  int number = 0;
  TrialRequest request;
  Outcome outcome;
  std::vector<Clue> clues;
  Observation observation;  ///< what the planner is told of it
};

}  // namespace capmin
