#pragma once

#include "cli/options.h"
#include "cli/run_plan.h"
#include "core/planner.h"
#include "profile/profile.h"
#include "trial/search.h"

#include <string>

namespace capmin {

/// When a run ended and how long it took.
struct RunEnding {
  std::string at;  ///< RFC 3339, UTC
  double seconds = 0;
};

/// Writes down what a search that reached `answer` has shown.
Profile profile_of(const RunOptions& options, const RunPlan& plan, const SearchResult& result,
                   const Minimal& answer, const RunEnding& ending);

/// Writes down what a search has shown that was cut short; the guarantee is "incomplete".
Profile unfinished_profile_of(const RunOptions& options, const RunPlan& plan,
                              const SearchResult& result, const Proof& best,
                              const RunEnding& ending);

}  // namespace capmin
