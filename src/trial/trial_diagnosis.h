#pragma once

#include "diagnosis/rule_table.h"
#include "trial/harmless_evidence.h"
#include "trial/search.h"

namespace capmin {

/// Fills in what the outcome of `trial` says, after the trials of `before`: clues by `rules`, by
/// the files of executed programs and by what strace saw, of a failure only those that are not
/// `harmless`; what its trace's programs carry; with SearchPlan::strict losses, which make it fail;
/// the planner's observation. Masks secrets in all that it leaves behind. May ask the engine about
/// files.
void diagnose(const SearchPlan& plan, const RuleTable& rules, const SearchResult& before,
              const HarmlessEvidence& harmless, FinishedTrial& trial);

}  // namespace capmin
