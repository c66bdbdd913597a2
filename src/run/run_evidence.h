#pragma once

#include "core/planner.h"
#include "profile/profile.h"
#include "trial/search.h"

namespace capmin {

/// Puts into `profile` what its run's traces show: beside each of its reasons the checks that were
/// denied in the trial without that member, or else those that the baseline, a trial of `ceiling`,
/// was granted; and under run how often, and what the baseline was granted and `proof` does
/// without. Nothing where there are no traces. Whoever traces a trial, by BPF or otherwise, fills
/// Outcome::trace.
void add_evidence(const SearchResult& result, CapabilitySet ceiling, const Proof& proof,
                  Profile& profile);

}  // namespace capmin
