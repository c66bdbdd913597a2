#pragma once

#include "batch/batch_text.h"

#include <string>

namespace capmin {

/// The batch as the summary of a job of GitHub's workflows: Markdown to be appended to the file
/// that GITHUB_STEP_SUMMARY names. What fails comes first, with its details; the rest is folded.
/// Stays below the mebibyte that a step's summary may have; what does not fit is counted.
std::string to_github(const BatchResult& result, const FailOn& fail_on);

}  // namespace capmin
