#pragma once

#include "core/planner.h"
#include "engine/program_files.h"
#include "options/run_options.h"
#include "profile/profile.h"
#include "run/run_plan.h"
#include "trial/conditions.h"
#include "trial/search.h"

#include <chrono>
#include <string>
#include <vector>

namespace capmin {

/// When a run ended and how long it took.
struct RunEnding {
  std::string at;  ///< RFC 3339, UTC
  double seconds = 0;
};

/// The ending of a run that ends now and began at `begin`.
RunEnding ending_now(std::chrono::steady_clock::time_point begin);

/// What a run has found out.
struct Answer {
  Minimal minimal;
  CapabilitySet conditional;  ///< members that are needed only where ports or ping are privileged
  CapabilitySet unknown;      ///< members of which the engine's failures left that open
  std::vector<ConditionTrial> condition_trials;  ///< those of this run that showed it
};

/// `minimal` and what the trials under the engine's own settings for ports and ping, known to
/// `search` or among those of `result`, tell of its members.
Answer with_conditions(const Minimal& minimal, const SearchPlan& search,
                       const SearchResult& result);

/// Writes down what a search that reached `answer` has shown. `programs` are those of the image,
/// where they were looked for. Throws Error kInternal where find_fault() has something to say.
Profile profile_of(const RunOptions& options, const RunPlan& plan, const SearchResult& result,
                   const Answer& answer, const ImagePrograms& programs, const RunEnding& ending);

/// Writes down what a search has shown that was cut short; the guarantee is "incomplete". Throws as
/// profile_of().
Profile unfinished_profile_of(const RunOptions& options, const RunPlan& plan,
                              const SearchResult& result, const Proof& best,
                              const ImagePrograms& programs, const RunEnding& ending);

}  // namespace capmin
