#pragma once

#include "diagnosis/clue.h"
#include "trial/finished_trial.h"

#include <vector>

namespace capmin {

/// What the rules are asked about after a trial with `grant`.
Evidence evidence_of(const Outcome& outcome, CapabilitySet grant);

/// A clue for each system call that strace saw fail in the trial, where it speaks for a capability
/// beyond `grant`.
std::vector<Clue> straced_clues(const Outcome& outcome, CapabilitySet grant);

/// What the planner learns from a trial: beside the verdict what it suspects, from the trace first,
/// then strace, then the clues.
Observation observation_of(const FinishedTrial& trial);

}  // namespace capmin
