#include "run/grant_effect.h"

#include "profile/platform.h"
#include "text/sanitize.h"

#include <algorithm>

namespace capmin {
namespace {

/// "a, b and 3 more"
std::string listed(const std::vector<std::string>& items) {
  constexpr std::size_t kShown = 4;
  std::string text;
  for (std::size_t i = 0; i < items.size() && i < kShown; ++i) {
    text += (i == 0 ? "" : ", ") + items[i];
  }
  if (items.size() > kShown) text += " and " + std::to_string(items.size() - kShown) + " more";
  return text;
}

bool has_no_new_privileges(const ContainerSpec& spec) {
  return std::ranges::any_of(spec.options, [](const EngineOption& option) {
    return option.name.starts_with("--security-opt=no-new-privileges") ||
           (option.name == "--security-opt" && option.value->starts_with("no-new-privileges"));
  });
}

}  // namespace

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
    // An engine that gives a user capabilities makes them ambient, or the first execution would
    // take them away: capabilities(7), "Transformation of capabilities during execve()".
    effect = sets->ambient.empty() ? GrantEffect::kByProgram : GrantEffect::kHeld;
  }
  return effect;
}

bool depends_on_files(GrantEffect effect, const EngineFacts& engine) {
  return effect == GrantEffect::kNone || effect == GrantEffect::kByProgram ||
         (effect == GrantEffect::kNotSeen && engine.dialect == Dialect::kDocker);
}

std::string programs_text(const std::vector<PrivilegedProgram>& programs, CapabilitySet wanted) {
  std::vector<std::string> carriers;
  std::vector<std::string> setuid;
  for (const PrivilegedProgram& program : programs) {
    const CapabilitySet carried = program.privileges.carried & wanted;
    const std::string path = sanitize(program.path);
    if (!carried.empty()) carriers.push_back(path + " carries " + to_string(carried));
    if (program.privileges.setuid_root) setuid.push_back(path);
  }
  std::string text = listed(carriers);
  if (!setuid.empty()) text += (text.empty() ? "" : "; ") + ("setuid root: " + listed(setuid));
  return text;
}

std::optional<std::string> files_warning(const RunOptions& options, const RunPlan& plan,
                                         GrantEffect effect, CapabilitySet set,
                                         const ImagePrograms& programs) {
  if (set.empty() || !depends_on_files(effect, plan.engine)) return std::nullopt;
  const std::string user = "the container's user " + sanitize(container_user(options, plan));
  std::string text;
  switch (effect) {
    case GrantEffect::kByProgram:
      text = user +
             " holds what is granted only by the file capabilities or the set-user-ID bit "
             "of its program";
      break;
    case GrantEffect::kNotSeen:
      text = user +
             " was not seen holding what is granted, and docker gives it to root only: it "
             "takes effect through file capabilities or setuid programs";
      break;
    default:
      text = user +
             " does not hold what is granted: it takes effect only through file "
             "capabilities or setuid programs";
  }
  if (programs) {
    const std::string found = programs_text(*programs, set);
    if (!found.empty()) text += " (" + found + ')';
  }
  if (!has_no_new_privileges(plan.setup.spec)) {
    // prctl(2), PR_SET_NO_NEW_PRIVS.
    text += "; with no_new_privs (Kubernetes: allowPrivilegeEscalation: false) these give nothing";
  }
  return text;
}

}  // namespace capmin
