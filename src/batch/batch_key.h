#pragma once

#include "run/options.h"
#include "run/verification.h"

#include <string>

namespace capmin {

/// A hash of all that the result of a job depends on, but for its profile: image, probe, options,
/// values of variables, what mounted files and directories of the host hold, rules, the class of
/// the engine, capmin, and the `mode` of the job. Empty where a mount cannot be read whole or is
/// larger than TreeLimits: nobody can tell then whether it changed. Looks at the engine and the
/// image as complete_run_plan() does, and throws what that throws.
std::string batch_key(RunOptions options, const std::string& mode, const VerifyBench& bench);

}  // namespace capmin
