#include "run/run_subject.h"

#include "engine/arguments.h"
#include "run/grant_effect.h"
#include "text/sanitize.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {
namespace {

ProbeKind kind_of(const Probe& probe) {
  if (probe.oneshot) return ProbeKind::kOneshot;
  switch (probe.kind) {
    case Probe::Kind::kFile:
      return ProbeKind::kFile;
    case Probe::Kind::kCommand:
      return ProbeKind::kCommand;
    case Probe::Kind::kExec:
      return ProbeKind::kExec;
    case Probe::Kind::kExecCommand:
      return ProbeKind::kExecCommand;
    case Probe::Kind::kNetwork:
      return ProbeKind::kNetwork;
    case Probe::Kind::kHealthcheck:
      return ProbeKind::kHealthcheck;
    case Probe::Kind::kExit:
      return ProbeKind::kExit;
  }
  return {};
}

/// Of the user's own: room for a script given as a command, and for any path.
constexpr std::size_t kLongestText = 5000;

/// Texts of the user's as a reviewer may see them, and what became different in them.
class Cleaned {
 public:
  /// `text`, which belongs to `name`, without what a terminal would execute.
  std::string clean(const std::string& name, const std::string& text) {
    std::string clean = sanitize(text, kLongestText);
    const bool is_noted = std::ranges::find(altered_, name) != altered_.end();
    if (clean != text && !is_noted) altered_.push_back(name);
    return clean;
  }
  const std::vector<std::string>& altered() const { return altered_; }

 private:
  std::vector<std::string> altered_;
};

/// The option as `capmin run` takes it, an option of the engine's own as the engine does; of
/// variables only the names.
std::string option_text(const EngineOption& option, Cleaned& cleaned) {
  if (!option.value) return cleaned.clean("--engine-arg", option.name);
  const std::string value =
      option.name == "--env" ? option.value->substr(0, option.value->find('=')) : *option.value;
  return option.name + ' ' + cleaned.clean(option.name, value);
}

std::vector<std::string> options_without_values(const ContainerSpec& spec, Cleaned& cleaned) {
  std::vector<std::string> options;
  for (const EngineOption& option : spec.options) {
    options.push_back(option_text(option, cleaned));
  }
  for (const Volume& volume : spec.volumes) {
    options.push_back("--volume " + cleaned.clean("--volume", to_argument(volume)));
  }
  if (spec.keep_volumes) options.emplace_back("--keep-volumes");
  return options;
}

std::vector<std::string> scenario_of(const Scenario& scenario) {
  std::vector<std::string> phases{"start"};
  if (scenario.settle.count() > 0) phases.emplace_back("settle");
  if (scenario.graceful_stop) phases.emplace_back("graceful-stop");
  if (scenario.probe_after_stop) phases.emplace_back("probe-after-stop");
  if (scenario.restart) phases.emplace_back("restart");
  return phases;
}

Profile::Probe probe_of(const RunOptions& options, const RunPlan& plan, Cleaned& cleaned) {
  const Probe& probe = options.probe;
  Profile::Probe told{.kind = kind_of(probe),
                      .path = {},
                      .sha256 = plan.setup.probe.sha256,
                      .scenario = scenario_of(plan.setup.scenario)};
  if (probe.has_file()) told.path = sanitize(options.probe_as_written, kLongestText);
  if (!probe.line.empty()) told.check = cleaned.clean("probe", probe.line);
  if (probe.kind != Probe::Kind::kNetwork) return told;
  told.expect = cleaned.clean("probe", probe.check.expect);
  told.expect_status = static_cast<int>(probe.check.expect_status.value_or(0));
  told.insecure = probe.check.insecure;
  return told;
}

Profile::Environment environment_of(const RunOptions& options, const RunPlan& plan,
                                    Cleaned& cleaned) {
  Profile::Environment environment;
  environment.engine = plan.engine.dialect;
  environment.version = sanitize(plan.engine.version);
  environment.runtime = sanitize(plan.engine.runtime);
  environment.kernel = sanitize(plan.engine.kernel);
  environment.seccomp = sanitize(plan.engine.seccomp);
  environment.rootless = plan.engine.rootless;
  environment.userns_remap = plan.engine.userns_remap;
  environment.network = options.spec.network.empty()
                            ? plan.engine.network
                            : cleaned.clean("--network", options.spec.network);
  const auto sysctls = trial_sysctls(options.spec);
  environment.ports = sysctls.empty() ? Ports::kEngine : Ports::kPortable;
  environment.sysctls = {sysctls.begin(), sysctls.end()};
  environment.options = options_without_values(options.spec, cleaned);
  for (const std::string& argument : options.spec.command) {
    environment.command.push_back(cleaned.clean("command", argument));
  }
  cleaned.clean("probe", options.probe_as_written);
  cleaned.clean("reset", options.reset_as_written);
  return environment;
}

/// As --timeout and --settle take it.
std::string duration_text(std::chrono::milliseconds duration) {
  const auto count = duration.count();
  return count % 1000 == 0 ? std::to_string(count / 1000) + 's' : std::to_string(count) + "ms";
}

Profile::Judgement judgement_of(const RunOptions& options, const RunPlan& plan) {
  Profile::Judgement judgement;
  judgement.ceiling = plan.search.policy.ceiling;
  judgement.level = options.level;
  judgement.confirm = options.confirm;
  judgement.strict = options.strict;
  if (options.timeout) judgement.timeout = duration_text(*options.timeout);
  if (options.scenario.settle.count() > 0) {
    judgement.settle = duration_text(options.scenario.settle);
  }
  return judgement;
}

}  // namespace

Profile subject_profile(const RunOptions& options, const RunPlan& plan) {
  Profile profile;
  profile.image = {.reference = options.image,
                   .digest = sanitize(plan.image.digest),
                   .id = sanitize(plan.image.id),
                   .platform = sanitize(plan.image.platform),
                   .user = sanitize(container_user(options, plan))};
  Cleaned cleaned;
  profile.probe = probe_of(options, plan, cleaned);
  if (!options.reset_as_written.empty()) {
    profile.reset = {.path = sanitize(options.reset_as_written, kLongestText),
                     .sha256 = plan.setup.reset.sha256};
  }
  profile.environment = environment_of(options, plan, cleaned);
  profile.environment.altered = cleaned.altered();
  profile.judgement = judgement_of(options, plan);
  return profile;
}

}  // namespace capmin
