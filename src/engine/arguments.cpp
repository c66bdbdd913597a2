#include "engine/arguments.h"

#include "core/container_options.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace capmin {
namespace {

struct Refused {
  std::string_view option;
  std::string_view reason;
};

constexpr std::string_view kGrants = "it would grant more than the trial says; use --allow";
constexpr std::string_view kOwn = "capmin sets it itself for each trial";
constexpr std::string_view kNamespace = "it shares a namespace of the host with the trial";
constexpr std::string_view kUserNamespace =
    "capabilities mean something else in another user namespace";
constexpr std::array<Refused, 39> kRefused{{
    {"--privileged", kGrants},
    {"--cap-add", kGrants},
    {"--cap-drop", "a trial drops ALL; use --deny"},
    {"--pid", kNamespace},
    {"--ipc", kNamespace},
    {"--uts", kNamespace},
    {"--userns", kUserNamespace},
    {"--uidmap", kUserNamespace},
    {"--gidmap", kUserNamespace},
    {"--subuidname", kUserNamespace},
    {"--subgidname", kUserNamespace},
    {"--pod", "it shares the namespaces of other containers with the trial"},
    {"--pod-id-file", "it shares the namespaces of other containers with the trial"},
    {"--rootfs", "a trial runs an image"},
    {"--replace", "it removes a container that is not capmin's"},
    {"--requires", "it starts other containers"},
    {"--timeout", "give it to capmin: --timeout"},
    {"--cgroupns", kNamespace},
    {"--name", kOwn},
    {"--cidfile", kOwn},
    {"--log-driver", kOwn},
    {"--log-opt", kOwn},
    {"--pull", "give it to capmin: --pull"},
    {"--label", "labels are how capmin knows its own containers"},
    {"-l", "labels are how capmin knows its own containers"},
    {"--label-file", "labels are how capmin knows its own containers"},
    {"--rm", "capmin reads the container after its end and removes it then"},
    {"--restart", "a container that starts again hides its failure"},
    {"--detach", kOwn},
    {"-d", kOwn},
    {"--env", "give it to capmin: --env, which keeps its value out of the profile"},
    {"-e", "give it to capmin: --env, which keeps its value out of the profile"},
    {"--interactive", "a trial has no input"},
    {"-i", "a trial has no input"},
    {"--mount", "use --volume, so that no state is carried from trial to trial"},
    {"--volumes-from", "it carries state from trial to trial"},
    {"--health-cmd", "use --probe"},
    {"--no-healthcheck", "use --probe"},
    {"--", "it ends the options"},
}};

/// Other words of the engines for options that capmin has itself.
struct OtherWord {
  std::string_view word;
  std::string_view option;
};
constexpr std::array<OtherWord, 9> kOtherWords{{
    {"-v", "--volume"},
    {"-p", "--publish"},
    {"-u", "--user"},
    {"-w", "--workdir"},
    {"-h", "--hostname"},
    {"-m", "--memory"},
    {"--net", "--network"},
    {"--network", "--network"},
    {"--read-only", "--read-only"},
}};

/// The option of `capmin run` that `name`, with its dashes, is; empty where it is none. Passed
/// through unread it would reach around what capmin does with it: fresh volumes, ports, secrets.
std::string own_option(std::string_view name) {
  if (name == "--volume") return "--volume";
  const auto* const row = std::ranges::find(kOtherWords, name, &OtherWord::word);
  if (row != kOtherWords.end()) return std::string(row->option);
  return name.starts_with("--") && is_passed_on(name.substr(2)) ? std::string(name) : "";
}

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

void free_host_ports(ContainerSpec& spec) {
  for (EngineOption& option : spec.options) {
    if (option.name != "--publish" || !option.value) continue;
    // [[ADDRESS:]HOST_PORT:]CONTAINER_PORT
    const std::string& value = *option.value;
    const std::size_t before_container = value.rfind(':');
    if (before_container == std::string::npos) continue;
    const std::size_t before_host = value.rfind(':', before_container - 1);
    const std::string address =
        before_host == std::string::npos ? "" : value.substr(0, before_host) + "::";
    option.value = address + value.substr(before_container + 1);
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
    // [[ADDRESS:]HOST_PORT:]CONTAINER_PORT
    const std::string& value = *option.value;
    const std::size_t before_container = value.rfind(':');
    if (before_container == std::string::npos) continue;
    const std::size_t before_host = value.rfind(':', before_container - 1);
    const std::size_t begin = before_host == std::string::npos ? 0 : before_host + 1;
    if (value.substr(begin, before_container - begin) != std::to_string(host_port)) continue;
    const std::string port = value.substr(before_container + 1);
    return port.find('/') == std::string::npos ? port + "/tcp" : port;
  }
  return std::nullopt;
}

std::string refusal(const std::string& option) {
  const std::string name = option.substr(0, option.find('='));
  const auto* const row = std::ranges::find(kRefused, name, &Refused::option);
  if (row != kRefused.end()) return std::string(row->reason);
  const std::string own = own_option(name);
  if (!own.empty()) return "give it to capmin: " + own;
  if (!option.starts_with('-')) return "it is no option; write --engine-arg=--NAME=VALUE";
  // Short flags can stand together in one argument (-it), and take their value without a blank.
  if (name.size() > 2 && name[0] == '-' && name[1] != '-') return "write one long option instead";
  return {};
}

}  // namespace capmin
