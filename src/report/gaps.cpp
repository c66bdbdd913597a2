#include "report/gaps.h"

#include <algorithm>

namespace capmin {
namespace {

bool is_job(const Profile& profile) {
  return profile.probe.kind == "exit" || profile.probe.kind == "oneshot";
}

/// What a probe of this kind cannot see, whatever it asks.
std::string blind_spot(const Profile::Probe& probe) {
  if (probe.kind == "exec") {
    return "The way in from outside: the probe ran inside the container and did not come through "
           "its network or its published ports.";
  }
  if (probe.kind == "healthcheck") {
    return "Whatever the image's own HEALTHCHECK does not ask: such checks are made to see that a "
           "service lives, not that all of it works.";
  }
  if (probe.kind == "exit") {
    return "What the job did: only its exit status was looked at, and a job can end with status 0 "
           "and a wrong result.";
  }
  if (probe.kind == "oneshot") {
    return "What the probe's script does not look at after the job has ended.";
  }
  return "What the probe's script does not ask: other ports, other requests, work in the "
         "background.";
}

void add_scenario(const Profile& profile, std::vector<std::string>& gaps) {
  const auto probed = [&profile](const char* phase) {
    return std::ranges::find(profile.probe.scenario, phase) != profile.probe.scenario.end();
  };
  if (!probed("restart")) {
    gaps.emplace_back(
        "A second start with the files and volumes that the first one leaves behind (--restart).");
  }
  if (is_job(profile)) return;
  if (!probed("graceful-stop")) {
    gaps.emplace_back(
        "The stop: whether it ends by itself after its stop signal "
        "(--graceful-stop).");
  }
  if (!probed("settle")) {
    gaps.emplace_back(
        "What happens after the probe has passed for the first time: work that "
        "comes later, such as the rotation of logs (--settle TIME).");
  }
}

void add_environment(const Profile& profile, std::vector<std::string>& gaps) {
  const Profile::Environment& environment = profile.environment;
  if (environment.ports == "engine") {
    gaps.emplace_back(
        "Privileged ports: the trials ran under the engine's own settings. Where "
        "ports below 1024 or ping are privileged, NET_BIND_SERVICE or NET_RAW may "
        "be needed as well (--ports portable).");
  }
  if (environment.network == "none") {
    gaps.emplace_back("The network: the containers had none.");
  }
  if (profile.reset.path.empty() && environment.network != "none") {
    gaps.emplace_back(
        "What lies outside of the containers and remembers earlier trials, such as a database "
        "beside them: a start that finds it empty may need more (--reset FILE).");
  }
  const bool no_new_privileges =
      std::ranges::any_of(environment.options, [](const std::string& option) {
        return option.find("no-new-privileges") != std::string::npos;
      });
  if (!no_new_privileges) {
    gaps.emplace_back(
        "allowPrivilegeEscalation: false. Setuid programs and file capabilities "
        "stop working under it (--security-opt no-new-privileges).");
  }
  gaps.emplace_back(
      "Other engines, kernels, seccomp filters and users: all was seen with those that are named "
      "below.");
}

}  // namespace

std::vector<std::string> gaps_of(const Profile& profile) {
  std::vector<std::string> gaps{blind_spot(profile.probe)};
  add_scenario(profile, gaps);
  add_environment(profile, gaps);
  return gaps;
}

}  // namespace capmin
