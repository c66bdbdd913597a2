#include "report/environment_facts.h"

#include "profile/pod_security.h"
#include "text/words.h"

namespace capmin {
namespace {

std::string probe_text(const Profile::Probe& probe) {
  if (probe.kind == "healthcheck") return "the image's own HEALTHCHECK";
  if (probe.kind == "exit") return "the container must end by itself with status 0";
  const std::string where = probe.kind == "exec"      ? ", run inside the container"
                            : probe.kind == "oneshot" ? ", run once after the job's end"
                                                      : ", run on the host";
  return probe.path + where;
}

std::string sysctl_text(const Profile::Environment& environment) {
  std::vector<std::string> texts;
  for (const auto& [name, value] : environment.sysctls) {
    texts.push_back(name);
    texts.back().append(" = ").append(value);
  }
  return joined(texts, "; ");
}

}  // namespace

std::vector<EnvironmentFact> environment_facts(const Report& report) {
  const Profile& profile = report.profile;
  const Profile::Environment& environment = profile.environment;
  std::vector<EnvironmentFact> facts;
  const auto add = [&facts](const char* name, const std::string& value) {
    if (!value.empty()) facts.push_back({name, value});
  };
  add("Profile", report.path);
  add("Image", profile.image.reference);
  add("Image digest", profile.image.digest);
  add("Image id", profile.image.id);
  add("Platform", profile.image.platform);
  add("User", profile.image.user.empty() ? "root" : profile.image.user);
  add("Probe", probe_text(profile.probe));
  add("Probe's SHA-256", profile.probe.sha256);
  add("Reset", profile.reset.path);
  add("Reset's SHA-256", profile.reset.sha256);
  add("Scenario", joined(profile.probe.scenario, ", "));
  add("Engine", environment.engine + ' ' + environment.version +
                    (environment.rootless                       ? ", without root"
                     : environment.userns_remap.value_or(false) ? ", as root, users remapped"
                                                                : ", as root"));
  add("Runtime", environment.runtime);
  add("Kernel", environment.kernel);
  add("Seccomp", environment.seccomp);
  add("Network", environment.network);
  add("Ports", environment.ports == "portable"
                   ? "portable: ports below 1024 and ping are privileged, as outside Docker"
                   : "the engine's own settings");
  add("Set inside", sysctl_text(environment));
  add("Options", joined(environment.options, "  "));
  add("Command", joined(environment.command, " "));
  add("Found by",
      "capmin " + profile.run.capmin + (profile.run.at.empty() ? "" : ", ") + profile.run.at);
  add("Trials", "waited for at most " + seconds_text(profile.run.deadline_seconds) + " each");
  return facts;
}

}  // namespace capmin
