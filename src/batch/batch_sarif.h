#pragma once

#include "batch/batch_text.h"

#include <filesystem>
#include <string>

namespace capmin {

/// What a reviewer should know of the batch, as SARIF 2.1.0: a result for each job that fails or
/// whose profile differs from what was seen, at its profile, which is taken from the directory of
/// `batch_file`, or at the batch file where the job had no profile when it ended. Jobs that were
/// not run are no results.
std::string to_sarif(const BatchResult& result, const FailOn& fail_on,
                     const std::filesystem::path& batch_file);

}  // namespace capmin
