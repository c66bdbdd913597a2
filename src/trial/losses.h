#pragma once

#include "trial/finished_trial.h"

#include <string>
#include <vector>

namespace capmin {

/// What a trial that passed has lost beside the baseline, although the probe did not notice: errors
/// of permission that its log has and the baseline's has not, and processes that kept a user, a
/// group or capabilities which they had given up in the baseline. A sentence each, sanitized,
/// without repetition, in the order of the log and then of the processes.
std::vector<std::string> losses(const FinishedTrial& trial,
                                const std::vector<FinishedTrial>& baselines);

}  // namespace capmin
