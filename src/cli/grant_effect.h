#pragma once

#include "cli/options.h"
#include "cli/run_plan.h"
#include "trial/search.h"

#include <string>

namespace capmin {

/// The user that the container runs as, as the options or the image name it; empty is root.
const std::string& container_user(const RunOptions& options, const RunPlan& plan);

/// Whether the container's user was seen to hold nothing of what trials granted: docker gives added
/// capabilities to root only, another user gets them by file capabilities and setuid programs alone
/// (moby pull request 52830). Read from the running containers; false where they could not be seen.
bool grants_cannot_take_effect(const RunOptions& options, const RunPlan& plan,
                               const SearchResult& result);

}  // namespace capmin
