#include "cli/grant_effect.h"

#include "profile/pod_security.h"

namespace capmin {

const std::string& container_user(const RunOptions& options, const RunPlan& plan) {
  return options.user.empty() ? plan.image.user : options.user;
}

GrantEffect grant_effect(const RunOptions& options, const RunPlan& plan,
                         const SearchResult& result) {
  // A program of root's may have given everything up by itself.
  if (is_root(container_user(options, plan))) return GrantEffect::kHeld;
  GrantEffect effect = GrantEffect::kNotSeen;
  for (const FinishedTrial& trial : result.trials) {
    const auto& sets = trial.outcome.sets;
    if (!sets || sets->bounding.empty()) continue;
    if (sets->permitted.empty() && sets->ambient.empty()) return GrantEffect::kNone;
    effect = GrantEffect::kHeld;
  }
  return effect;
}

}  // namespace capmin
