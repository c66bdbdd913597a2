#include "profile/run_arguments.h"

#include "core/container_options.h"
#include "core/error.h"
#include "text/quote.h"

#include <algorithm>
#include <string_view>

namespace capmin {
namespace {

using Arguments = std::vector<std::string>;

void add_probe(const Profile::Probe& probe, Arguments& arguments) {
  const bool is_inside = probe.kind == ProbeKind::kExec || probe.kind == ProbeKind::kExecCommand;
  const std::string option = is_inside ? "--probe-exec" : "--probe";
  if (probe.kind == ProbeKind::kHealthcheck || probe.kind == ProbeKind::kExit) {
    append_option(option, std::string(name_of(probe.kind)), arguments);
  } else if (probe.kind == ProbeKind::kNetwork) {
    append_option(option, probe.check, arguments);
  } else {
    append_option(option, probe.check.empty() ? probe.path : "cmd:" + probe.check, arguments);
  }
  if (!probe.expect.empty()) append_option("--expect", probe.expect, arguments);
  if (probe.expect_status != 0) {
    append_option("--expect-status", std::to_string(probe.expect_status), arguments);
  }
  if (probe.insecure) arguments.emplace_back("--insecure");
  if (probe.kind == ProbeKind::kOneshot) arguments.emplace_back("--oneshot");
  for (const std::string& phase : probe.scenario) {
    if (phase == "restart" || phase == "graceful-stop" || phase == "probe-after-stop") {
      arguments.push_back("--" + phase);
    }
  }
}

/// "--NAME VALUE" is an option of capmin's with its value; no engine knows a name with a blank.
void add_option(const std::string& text, Arguments& arguments) {
  const std::size_t blank = text.find(' ');
  const std::string name = text.substr(0, blank);
  if (text == "--read-only" || text == "--keep-volumes") {
    arguments.push_back(text);
  } else if (blank == std::string::npos || name.find('=') != std::string::npos) {
    append_option("--engine-arg", text, arguments);
  } else if (name == "--volume" || (name.starts_with("--") && is_passed_on(name.substr(2)))) {
    append_option(name, text.substr(blank + 1), arguments);
  } else {
    throw Error(ExitCode::kUsage, "the profile's option " + excerpt(text) + " is no container's",
                "environment.options holds what `capmin run` was given for the container");
  }
}

/// The network of a container for which none was named.
bool is_default_network(const Profile::Environment& environment) {
  const std::string& network = environment.network;
  return network.empty() || network == "bridge" ||
         (environment.rootless && (network == "slirp4netns" || network == "pasta"));
}

std::string joined(CapabilitySet set) {
  std::string text;
  for (const std::string_view name : set.names()) {
    text.append(text.empty() ? "" : ",").append(name);
  }
  return text;
}

void add_judgement(const Profile& profile, Arguments& arguments) {
  const Profile::Judgement judgement = profile.judgement.value_or(Profile::Judgement());
  CapabilitySet ceiling = profile.judgement ? judgement.ceiling : docker_default_set();
  ceiling |= profile.add | conditional_set(profile);
  const CapabilitySet allow = ceiling - docker_default_set();
  const CapabilitySet deny = docker_default_set() - ceiling;
  if (!allow.empty()) append_option("--allow", joined(allow), arguments);
  if (!deny.empty()) append_option("--deny", joined(deny), arguments);
  if (judgement.level != Level::kOneMinimal) {
    arguments.push_back("--" + std::string(name_of(judgement.level)));
  }
  if (judgement.confirm != 1)
    append_option("--confirm", std::to_string(judgement.confirm), arguments);
  if (judgement.strict) arguments.emplace_back("--strict");
  if (!judgement.timeout.empty()) append_option("--timeout", judgement.timeout, arguments);
  if (!judgement.settle.empty()) append_option("--settle", judgement.settle, arguments);
}

}  // namespace

std::vector<std::string> run_arguments(const Profile& profile) {
  if (profile.image.reference.starts_with('-')) {
    throw Error(ExitCode::kUsage,
                "the profile's image " + excerpt(profile.image.reference) + " is no image's name");
  }
  Arguments arguments{profile.image.reference};
  add_probe(profile.probe, arguments);
  if (!profile.reset.path.empty()) append_option("--reset", profile.reset.path, arguments);
  for (const std::string& option : profile.environment.options) {
    add_option(option, arguments);
  }
  const std::string& network = profile.environment.network;
  if (!is_default_network(profile.environment)) append_option("--network", network, arguments);
  const Ports ports = profile.environment.ports;
  // Where capmin cannot set the ports, "engine" is what was written down whatever was asked for.
  if (ports == Ports::kEngine && !shares_network(network)) {
    append_option("--ports", std::string(name_of(ports)), arguments);
  }
  add_judgement(profile, arguments);
  if (!profile.environment.command.empty()) {
    arguments.emplace_back("--");
    arguments.insert(arguments.end(), profile.environment.command.begin(),
                     profile.environment.command.end());
  }
  return arguments;
}

}  // namespace capmin
