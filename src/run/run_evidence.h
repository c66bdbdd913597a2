#pragma once

#include "core/planner.h"
#include "profile/profile.h"
#include "trial/search.h"

#include <optional>

namespace capmin {

/// Puts into `profile` what its run's traces show: beside each of its reasons the checks that were
/// denied in the trial without that member, or else those that the baseline, a trial of `ceiling`,
/// was granted; and under run how often, and what the baseline was granted and `proof` does
/// without. Nothing where there are no traces. Whoever traces a trial, by BPF or otherwise, fills
/// Outcome::trace.
void add_evidence(const SearchResult& result, CapabilitySet ceiling, const Proof& proof,
                  Profile& profile);

/// What the kernel tells of the first start, beside the starts that came later.
struct FirstStart {
  /// What the first pass of the ceiling used beyond the set and no later one asked for, neither a
  /// pass of the set nor one of the ceiling after it: something outside of the containers may
  /// remember that start.
  CapabilitySet used_once;
  /// Whether the ceiling passed once more after the set. Until then a need of the first start may
  /// also have been a consequence of what only the ceiling grants.
  bool was_repeated = false;
};

/// Compares the passes among the trials of `result`, which found `proof` below `ceiling`. Nothing
/// where the kernel did not watch them.
std::optional<FirstStart> first_start(const SearchResult& result, CapabilitySet ceiling,
                                      const Proof& proof);

}  // namespace capmin
