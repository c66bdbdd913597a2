#include "engine/arguments.h"

#include <algorithm>
#include <string_view>

namespace capmin {
namespace {

/// Enough for any service, as podman's own 2048 are, and little enough for the host to stay usable
/// beside an image that forks without end.
constexpr std::string_view kMostProcesses = "4096";

/// The longest log that the engine keeps of a trial.
constexpr std::string_view kLogSize = "max-size=4m";

}  // namespace

std::vector<std::pair<std::string, std::string>> trial_sysctls(const ContainerSpec& spec) {
  if (spec.ports == Ports::kEngine || shares_network(spec.network)) return {};
  return {{"net.ipv4.ip_unprivileged_port_start", "1024"}, {"net.ipv4.ping_group_range", "1 0"}};
}

std::vector<std::string> create_arguments(const ContainerSpec& spec,
                                          const TrialIdentity& identity) {
  std::vector<std::string> argv{"create", "--name", identity.name, "--pull", "never"};
  const auto add = [&argv](std::string_view option, std::string_view value) {
    argv.emplace_back(option);
    argv.emplace_back(value);
  };
  for (const auto& [key, value] : identity.labels) {
    add("--label", std::string(key).append("=").append(value));
  }
  // podman's driver of this name is its own k8s-file.
  add("--log-driver", "json-file");
  add("--log-opt", kLogSize);
  add("--cap-drop", "ALL");
  for (const std::string_view name : identity.grant.names()) {
    add("--cap-add", name);
  }
  for (const auto& [key, value] : trial_sysctls(spec)) {
    add("--sysctl", std::string(key).append("=").append(value));
  }
  if (!spec.network.empty()) add("--network", spec.network);
  const bool has_own_limit =
      std::ranges::find(spec.options, "--pids-limit", &EngineOption::name) != spec.options.end();
  if (spec.limits_processes && !has_own_limit) add("--pids-limit", kMostProcesses);
  for (const EngineOption& option : spec.options) {
    argv.push_back(option.name);
    if (option.value) argv.push_back(*option.value);
  }
  for (const Volume& volume : spec.volumes) {
    add("--volume", to_argument(volume));
  }
  argv.emplace_back("--");
  argv.push_back(spec.image);
  argv.insert(argv.end(), spec.command.begin(), spec.command.end());
  return argv;
}

std::vector<FileOption> file_options(const ContainerSpec& spec) {
  constexpr std::string_view kLabelFile = "--label-file=";
  std::vector<FileOption> files;
  for (const auto& [name, value] : spec.options) {
    if (!value) {
      if (name.starts_with(kLabelFile)) {
        files.push_back({"--label-file", name.substr(kLabelFile.size())});
      }
    } else if (name == "--env-file") {
      files.push_back({name, *value});
    } else if (name == "--security-opt" &&
               (value->starts_with("seccomp=") || value->starts_with("seccomp:"))) {
      std::string path = value->substr(value->find_first_of("=:") + 1);
      // Words of the engines that name no file.
      if (path != "unconfined" && path != "builtin" && path != "default") {
        files.push_back({name, std::move(path)});
      }
    }
  }
  return files;
}

namespace {

/// The value of --publish: [[ADDRESS:]HOST_PORT:]CONTAINER_PORT.
struct Published {
  std::string address;  ///< empty without
  std::string host;     ///< empty for a port that the engine chooses
  std::string container;
};

Published published(const std::string& value) {
  const std::size_t before_container = value.rfind(':');
  if (before_container == std::string::npos) return {{}, {}, value};
  const std::string outside = value.substr(0, before_container);
  const std::size_t before_host = outside.rfind(':');
  const bool has_address = before_host != std::string::npos;
  return {has_address ? outside.substr(0, before_host) : "",
          has_address ? outside.substr(before_host + 1) : outside,
          value.substr(before_container + 1)};
}

}  // namespace

void free_host_ports(ContainerSpec& spec) {
  for (EngineOption& option : spec.options) {
    if (option.name != "--publish" || !option.value) continue;
    const Published port = published(*option.value);
    option.value = (port.address.empty() ? "" : port.address + "::") + port.container;
  }
}

bool takes_host_port(const ContainerSpec& spec) {
  ContainerSpec freed = spec;
  free_host_ports(freed);
  return !std::ranges::equal(spec.options, freed.options, {}, &EngineOption::value,
                             &EngineOption::value);
}

std::optional<std::string> container_port_behind(const ContainerSpec& spec,
                                                 unsigned short host_port) {
  for (const EngineOption& option : spec.options) {
    if (option.name != "--publish" || !option.value) continue;
    const Published port = published(*option.value);
    if (port.host != std::to_string(host_port)) continue;
    const bool has_protocol = port.container.find('/') != std::string::npos;
    return has_protocol ? port.container : port.container + "/tcp";
  }
  return std::nullopt;
}

}  // namespace capmin
