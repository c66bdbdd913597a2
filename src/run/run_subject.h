#pragma once

#include "options/run_options.h"
#include "profile/profile.h"
#include "run/run_plan.h"

namespace capmin {

/// What can be told before the first trial: image, probe, environment, judgement.
Profile subject_profile(const RunOptions& options, const RunPlan& plan);

}  // namespace capmin
