#pragma once

#include "core/planner.h"

#include <functional>
#include <optional>
#include <vector>

namespace capmin {

/// What `history` makes likely that a search needs: members of the least risky set that passed
/// which the guess, the trace of the baseline, failures or Policy::belief speak for. At least one
/// of them is missing in each grant that failed.
CapabilitySet likely_needed(const Policy& policy, const History& history);

/// The trials that should be run after a history; none where it has come to its end.
using NextTrials = std::function<std::vector<TrialRequest>(const History& history)>;

/// How many trials `next` asks for after `history` until it wants none, if exactly those pass from
/// now on that are granted `needed`, and failures name what they lack. Nothing where that is more
/// than a hundred. Pure.
std::optional<int> trials_left(const History& history, CapabilitySet needed,
                               const NextTrials& next);

/// How many more trials a search by `policy` most likely takes, those that run included.
std::optional<int> trials_left(const Policy& policy, const History& history);

}  // namespace capmin
