#include "cli/grant_effect.h"

#include "profile/pod_security.h"

#include <algorithm>

namespace capmin {

const std::string& container_user(const RunOptions& options, const RunPlan& plan) {
  return options.user.empty() ? plan.image.user : options.user;
}

bool grants_cannot_take_effect(const RunOptions& options, const RunPlan& plan,
                               const SearchResult& result) {
  // A program of root's may have given everything up by itself.
  if (is_root(container_user(options, plan))) return false;
  return std::ranges::any_of(result.trials, [](const FinishedTrial& trial) {
    const auto& sets = trial.outcome.sets;
    return sets && !sets->bounding.empty() && sets->permitted.empty() && sets->ambient.empty();
  });
}

}  // namespace capmin
