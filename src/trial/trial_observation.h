#pragma once

#include "diagnosis/clue.h"
#include "diagnosis/rule_table.h"
#include "trial/harmless_evidence.h"
#include "trial/outcome.h"
#include "trial/search.h"

#include <vector>

namespace capmin {

/// What the rules are asked about after a trial with `grant`.
Evidence evidence_of(const Outcome& outcome, CapabilitySet grant);

/// A clue for each system call that strace saw fail in the trial, where it speaks for a capability
/// beyond `grant`. What to look at and how to avoid the need is that of the rule which knows an
/// error of the same call.
std::vector<Clue> straced_clues(const Outcome& outcome, CapabilitySet grant,
                                const RuleTable& rules);

/// The same for checks of the trial's trace that were denied and made their system call fail, of
/// each capability those that tell most, but for calls that hardly matter.
std::vector<Clue> traced_clues(const Outcome& outcome, const RuleTable& rules);

/// What the planner learns from a trial: beside the verdict what it suspects, from the trace but
/// for what is `harmless` first, then from its clues, those of strace before the lines'.
Observation observation_of(const FinishedTrial& trial, const HarmlessEvidence& harmless);

/// Fills in what the outcome of `trial` says, after the trials of `before`: clues by `rules`, by
/// the files of executed programs and by what strace saw, of a failure only those that are not
/// `harmless`; what its trace's programs carry; with DiagnosisFacts::strict losses, which make it
/// fail; the planner's observation. Masks secrets in all that it leaves behind. May ask the engine
/// about files.
void diagnose(const SearchPlan& plan, const RuleTable& rules, const SearchResult& before,
              const HarmlessEvidence& harmless, FinishedTrial& trial);

}  // namespace capmin
