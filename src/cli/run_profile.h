#pragma once

#include "cli/options.h"
#include "cli/run_plan.h"
#include "core/planner.h"
#include "profile/profile.h"
#include "trial/search.h"

namespace capmin {

/// Writes down what a search that reached `answer` has shown. `at` is the end of the run, RFC 3339
/// in UTC; `seconds` its length.
Profile profile_of(const RunOptions& options, const RunPlan& plan, const SearchResult& result,
                   const Minimal& answer, const std::string& at, double seconds);

}  // namespace capmin
