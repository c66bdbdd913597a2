#include "compose/service_search.h"

#include "compose/stack_run.h"
#include "core/container_options.h"
#include "core/error.h"
#include "profile/run_arguments.h"
#include "run/profile_options.h"
#include "text/sanitize.h"

#include <system_error>
#include <utility>

namespace capmin {
namespace {

namespace fs = std::filesystem;

/// Where a file of the stack is that the profile names: from the profile, or from here.
std::string find_file(const std::string& written, const fs::path& directory) {
  std::error_code ignored;
  for (const fs::path& place : {directory / written, fs::path(written)}) {
    if (fs::exists(place, ignored)) return place.string();
  }
  throw Error(ExitCode::kUsage,
              "there is no " + sanitize(written) +
                  ", which the profile's stack is made of, neither beside the profile nor from the "
                  "working directory",
              "call capmin from where the stack was minimized");
}

ComposeOptions options_of_stack(const Profile& profile, const fs::path& path,
                                const VerifyOptions& asked) {
  if (!asked.image.empty()) {
    throw Error(ExitCode::kUsage,
                "--image does not go with the profile of a service: its Compose file names the "
                "image");
  }
  const Profile::Stack& stack = profile.stack;
  const fs::path directory = path.parent_path();
  ComposeOptions options;
  for (const std::string& file : stack.files) {
    options.files.files.push_back(find_file(file, directory));
  }
  if (!stack.project_directory.empty()) {
    options.files.project_directory = find_file(stack.project_directory, directory);
  }
  if (!stack.env_file.empty()) options.files.env_file = find_file(stack.env_file, directory);
  options.files.profiles = stack.profiles;
  options.services = {stack.service};
  options.keeps_company = stack.company == CompanyState::kKept;
  options.keeps_volumes = stack.keeps_volumes;
  options.common.engine = asked.engine;
  if (!asked.probe.empty()) {
    options.probes[stack.service] = asked.probe;
  } else if (profile.probe.kind == ProbeKind::kFile || profile.probe.kind == ProbeKind::kOneshot) {
    // One of x-capmin begins at the project's directory.
    const fs::path project = directory_of(options.files);
    std::error_code ignored;
    for (const fs::path& place : {directory / profile.probe.path, project / profile.probe.path}) {
      if (!profile.probe.path.empty() && fs::is_regular_file(place, ignored)) {
        options.probes[stack.service] = place.string();
        break;
      }
    }
  }
  return options;
}

}  // namespace

ServiceSearch::ServiceSearch(ComposeOptions options, ProcessRunner& runner,
                             const std::stop_token& stop)
    : options_(std::move(options)), session_(options_, runner, stop), plan_(find_plan(stop)) {
  company_ = std::make_unique<StackCompany>(
      session_.bench(), plan_.service,
      options_.keeps_company ? CompanyState::kKept : CompanyState::kFresh, plan_.options.jobs);
}

ServiceSearch::ServiceSearch(const Profile& profile, const fs::path& path,
                             const VerifyOptions& asked, ProcessRunner& runner,
                             const std::stop_token& stop)
    : ServiceSearch(options_of_stack(profile, path, asked), runner, stop) {
  const RunOptions wanted = parse_run_options(run_arguments(profile));
  known_ = profile.stack;
  known_->joint = JointProof::kUntried;
  known_->disagrees.clear();
  RunOptions& options = plan_.options;
  options.allow = wanted.allow;
  options.deny = wanted.deny;
  options.timeout = wanted.timeout;
  options.scenario = wanted.scenario;
  options.strict = wanted.strict;
  options.confirm = wanted.confirm;
  options.level = wanted.level;
  options.spec.ports = wanted.spec.ports;
  if (options.probe.has_file() && asked.probe.empty()) {
    if (options.probe_file.empty()) options.probe_file = options.probe_as_written;
    options.probe_as_written = profile.probe.path;
  }
  take_asked(asked, options);
}

ServicePlan ServiceSearch::find_plan(const std::stop_token& stop) {
  session_.look(stop);
  StackSession::Plans plans = session_.plans();
  if (!plans.services.empty()) return std::move(plans.services.front());
  throw Error(ExitCode::kUsage, "the service " + plans.left_alone.front().service +
                                    " cannot be tried: " + plans.left_alone.front().reason);
}

Profile::Stack ServiceSearch::facts() const {
  return known_ ? *known_ : stack_facts(session_.stack(), options_, plan_.service);
}

}  // namespace capmin
