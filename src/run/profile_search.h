#pragma once

#include "engine/engine.h"
#include "profile/profile.h"
#include "run/options.h"
#include "run/progress.h"
#include "run/run_plan.h"
#include "run/verification.h"
#include "trial/conditions.h"
#include "trial/search.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace capmin {

/// A search for the profile of an image, in the course of a verification.
struct ProfileSearch {
  const RunOptions& options;
  RunPlan plan;  ///< complete; with the trials that are known and what is left of the budget
  Engine& engine;
  const VerifyBench& bench;
  Progress* progress = nullptr;  ///< shows the trials; null shows nothing
  std::chrono::steady_clock::time_point begin;
};

/// A profile that works.
struct FoundProfile {
  Profile profile;
  std::string cut;  ///< what ended the search before the set was proven to be minimal; else empty
};

/// Searches, and finds out what is conditional. Adds the containers that were started to `trials`.
/// Throws the Error that tells of every end in which no set is known to work. Nothing when a stop
/// came.
std::optional<FoundProfile> find_profile(const ProfileSearch& asked, int& trials);

/// Whether a stop ended the trials. Throws Error kBudget where their limits did.
bool is_interrupted(const SearchResult& result);

}  // namespace capmin
