#pragma once

#include "cli/options.h"
#include "cli/run_plan.h"
#include "trial/search.h"

#include <string>

namespace capmin {

/// The user that the container runs as, as the options or the image name it; empty is root.
const std::string& container_user(const RunOptions& options, const RunPlan& plan);

/// What granted capabilities do for the container's user. Docker gives them to root only; another
/// user gets them by file capabilities and setuid programs alone (moby pull request 52830).
enum class GrantEffect {
  kHeld,     ///< the user is root, or was seen holding what was granted
  kNone,     ///< another user was seen to hold nothing of what trials granted
  kNotSeen,  ///< another user, whose containers ended too soon or cannot be looked at from here
};

/// Read from the running containers of the trials.
GrantEffect grant_effect(const RunOptions& options, const RunPlan& plan,
                         const SearchResult& result);

}  // namespace capmin
