#include "engine/replies.h"

#include "core/error.h"
#include "engine/json_reply.h"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <ctime>
#include <sstream>

namespace capmin {
namespace {

namespace json = boost::json;

using namespace reply;

Labels labels_of(const json::value& value) {
  Labels labels;
  if (const json::object* object = value.if_object()) {
    for (const auto& label : *object) {
      labels[std::string(label.key())] = text(label.value());
    }
  }
  return labels;
}

/// The program of a HEALTHCHECK, from the three forms of its Test field.
std::vector<std::string> healthcheck_program(const json::value& healthcheck,
                                             const json::value& config) {
  std::vector<std::string> test = texts(member(healthcheck, "Test"));
  if (test.empty() || test.front() == "NONE") return {};
  const bool is_shell_line = test.front() == "CMD-SHELL";
  test.erase(test.begin());
  if (!is_shell_line) return test;
  std::vector<std::string> program = texts(member(config, "Shell"));
  if (program.empty()) program = {"/bin/sh", "-c"};
  program.insert(program.end(), test.begin(), test.end());
  return program;
}

/// The health in the state of a container; podman before 4.0 keeps it under another name, and both
/// engines have words ("", "none") for the lack of a check.
std::string health_of(const json::value& state) {
  const json::value& health = member(state, "Health");
  const std::string status =
      text(member(health.is_null() ? member(state, "Healthcheck") : health, "Status"));
  return status == "healthy" || status == "unhealthy" || status == "starting" ? status : "";
}

EngineFacts docker_facts(const json::value& version, const json::value& info) {
  const json::value& server = member(version, "Server");
  EngineFacts facts;
  facts.dialect = Dialect::kDocker;
  facts.version = text(member(server, "Version"));
  facts.kernel = text(member(info, "KernelVersion"));
  facts.platform = text(member(server, "Os")) + '/' + text(member(server, "Arch"));
  facts.runtime = text(member(info, "DefaultRuntime"));
  if (const json::array* components = member(server, "Components").if_array()) {
    for (const json::value& component : *components) {
      if (text(member(component, "Name")) == facts.runtime) {
        facts.runtime += ' ' + text(member(component, "Version"));
        break;
      }
    }
  }
  facts.seccomp = "off";
  facts.userns_remap = false;
  for (const std::string& option : texts(member(info, "SecurityOptions"))) {
    constexpr std::string_view kSeccomp = "name=seccomp,profile=";
    if (option.starts_with(kSeccomp)) facts.seccomp = option.substr(kSeccomp.size());
    if (option.starts_with("name=rootless")) facts.rootless = true;
    if (option.starts_with("name=userns")) facts.userns_remap = true;
  }
  facts.cgroups = text(member(info, "CgroupVersion")) == "2" ? 2 : 1;
  facts.network = "bridge";
  return facts;
}

EngineFacts podman_facts(const json::value& info) {
  const json::value& host = member(info, "host");
  const json::value& security = member(host, "security");
  EngineFacts facts;
  facts.dialect = Dialect::kPodman;
  facts.version = text(member(member(info, "version"), "Version"));
  facts.kernel = text(member(host, "kernel"));
  facts.platform = text(member(host, "os")) + '/' + text(member(host, "arch"));
  // "runc version 1.1.5+ds1" and further lines
  const json::value& runtime = member(host, "ociRuntime");
  facts.runtime = text(member(runtime, "name"));
  const std::string line = text(member(runtime, "version"));
  constexpr std::string_view kVersion = " version ";
  const std::size_t begin = line.find(kVersion);
  if (begin != std::string::npos && begin < line.find('\n')) {
    const std::size_t number = begin + kVersion.size();
    facts.runtime += ' ' + line.substr(number, line.find('\n') - number);
  }
  facts.seccomp = flag(member(security, "seccompEnabled"))
                      ? text(member(security, "seccompProfilePath"))
                      : "off";
  if (facts.seccomp.empty()) facts.seccomp = "default";
  facts.rootless = flag(member(security, "rootless"));
  facts.cgroups = text(member(host, "cgroupVersion")) == "v2" ? 2 : 1;
  facts.network = "bridge";
  if (facts.rootless) {
    const std::string command = text(member(host, "rootlessNetworkCmd"));
    facts.network = command.empty() ? "slirp4netns" : command;
  }
  return facts;
}

}  // namespace

EngineFacts parse_engine_facts(std::string_view version_json, std::string_view info_json) {
  const json::value version = parse(version_json, "version");
  const json::value info = parse(info_json, "info");
  EngineFacts facts =
      member(info, "host").is_object() ? podman_facts(info) : docker_facts(version, info);
  if (facts.version.empty()) {
    throw Error(ExitCode::kEngine, "the engine does not tell its version",
                "see whether it is the engine that answers: capmin doctor tells more");
  }
  facts.client_version = text(member(member(version, "Client"), "Version"));
  return facts;
}

ImageFacts parse_image_facts(std::string_view inspect_json) {
  const json::value image = first_inspected(inspect_json, "image inspect");
  const json::value& config = member(image, "Config");
  ImageFacts facts;
  facts.id = image_id(text(member(image, "Id")));
  if (facts.id.empty()) throw Error(ExitCode::kEngine, "the engine does not tell the image's id");
  for (const std::string& digest : texts(member(image, "RepoDigests"))) {
    // podman's word for an image that no registry has.
    if (digest.starts_with("localhost/")) continue;
    if (facts.digest.empty()) facts.digest = digest.substr(digest.find('@') + 1);
  }
  facts.platform = text(member(image, "Os")) + '/' + text(member(image, "Architecture"));
  facts.user = text(member(config, "User"));
  facts.entrypoint = texts(member(config, "Entrypoint"));
  facts.command = texts(member(config, "Cmd"));
  facts.working_directory = text(member(config, "WorkingDir"));
  facts.variables = texts(member(config, "Env"));
  facts.path = path_directories(facts.variables);
  facts.stop_signal = text(member(config, "StopSignal"));
  if (const json::object* volumes = member(config, "Volumes").if_object()) {
    for (const auto& volume : *volumes)
      facts.volumes.emplace_back(volume.key());
  }
  if (const json::object* ports = member(config, "ExposedPorts").if_object()) {
    for (const auto& port : *ports)
      facts.exposed_ports.emplace_back(port.key());
  }
  facts.healthcheck = healthcheck_of(image);
  facts.labels = labels_of(member(config, "Labels"));
  return facts;
}

Healthcheck healthcheck_of(const json::value& inspected) {
  const json::value& config = member(inspected, "Config");
  // Of an image docker keeps it in Config, podman beside it.
  const json::value& inside = member(config, "Healthcheck");
  const json::value& check = inside.is_null() ? member(inspected, "Healthcheck") : inside;
  Healthcheck healthcheck{.program = healthcheck_program(check, config)};
  const std::int64_t nanoseconds = number(member(check, "Timeout"));
  if (nanoseconds > 0) healthcheck.timeout = std::chrono::milliseconds(nanoseconds / 1'000'000);
  return healthcheck;
}

LabelledObject parse_labelled_container(std::string_view inspect_json) {
  const json::value container = first_inspected(inspect_json, "container inspect");
  std::string name = text(member(container, "Name"));
  // docker's names begin with a slash.
  if (name.starts_with('/')) name.erase(0, 1);
  return {.id = text(member(container, "Id")),
          .name = name,
          .image = text(member(container, "Image")),
          .labels = labels_of(member(member(container, "Config"), "Labels"))};
}

LabelledObject parse_labelled_network(std::string_view inspect_json) {
  const json::value network = first_inspected(inspect_json, "network inspect");
  // Podman writes without capitals, and its networks have names of their own. By an id, podman 4.3
  // removes even a network that a running container uses.
  const std::string podmans = text(member(network, "name"));
  if (!podmans.empty()) {
    return {.id = podmans,
            .name = podmans,
            .image = {},
            .labels = labels_of(member(network, "labels"))};
  }
  return {.id = text(member(network, "Id")),
          .name = text(member(network, "Name")),
          .image = {},
          .labels = labels_of(member(network, "Labels"))};
}

LabelledObject parse_labelled_volume(std::string_view inspect_json) {
  const json::value volume = first_inspected(inspect_json, "volume inspect");
  const std::string name = text(member(volume, "Name"));
  return {.id = name, .name = name, .image = {}, .labels = labels_of(member(volume, "Labels"))};
}

ContainerFacts parse_container_facts(std::string_view inspect_json) {
  const json::value container = first_inspected(inspect_json, "container inspect");
  const json::value& state = member(container, "State");
  if (!state.is_object()) {
    throw Error(ExitCode::kEngine, "the engine does not tell the container's state");
  }
  ContainerFacts facts;
  facts.id = text(member(container, "Id"));
  facts.running = flag(member(state, "Running"));
  facts.started = text(member(state, "Status")) != "created";
  facts.pid = static_cast<int>(number(member(state, "Pid")));
  facts.exit_code = static_cast<int>(number(member(state, "ExitCode")));
  facts.started_at = parse_time(text(member(state, "StartedAt")));
  facts.out_of_memory = flag(member(state, "OOMKilled"));
  constexpr int kKilled = 137;
  // podman 4.3 leaves OOMKilled false on control groups of version 1, and Docker 20.10 does where
  // the kernel's notice comes later than the exit. The first process of a container with a limit of
  // its own can be killed so by nothing inside the container.
  if (!facts.running && facts.exit_code == kKilled &&
      number(member(member(container, "HostConfig"), "Memory")) > 0) {
    facts.out_of_memory = true;
  }
  facts.error = text(member(state, "Error"));
  facts.health = health_of(state);
  const json::value& network = member(container, "NetworkSettings");
  if (const json::object* networks = member(network, "Networks").if_object()) {
    for (const auto& entry : *networks) {
      if (facts.ip.empty()) facts.ip = text(member(entry.value(), "IPAddress"));
    }
  }
  if (const json::object* ports = member(network, "Ports").if_object()) {
    for (const auto& port : *ports) {
      const json::array* bindings = port.value().if_array();
      if (bindings == nullptr || bindings->empty()) continue;
      facts.ports[std::string(port.key())] = text(member(bindings->front(), "HostPort"));
    }
  }
  return facts;
}

std::optional<std::chrono::system_clock::time_point> parse_time(std::string_view text) {
  const std::string copy(text);
  std::tm parts{};
  const char* rest = ::strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  constexpr int kEpoch = 70;
  if (rest == nullptr || parts.tm_year < kEpoch) return std::nullopt;
  constexpr std::size_t kDigits = 9;
  std::int64_t nanoseconds = 0;
  if (*rest == '.') {
    std::string digits(rest + 1, std::strspn(rest + 1, "0123456789"));
    if (digits.empty() || digits.size() > kDigits) return std::nullopt;
    rest += 1 + digits.size();
    digits.resize(kDigits, '0');
    std::from_chars(digits.data(), digits.data() + digits.size(), nanoseconds);
  }
  std::tm zone{};
  rest = ::strptime(rest, "%z", &zone);
  if (rest == nullptr || *rest != '\0') return std::nullopt;
  using std::chrono::system_clock;
  return system_clock::from_time_t(::timegm(&parts) - zone.tm_gmtoff) +
         std::chrono::duration_cast<system_clock::duration>(std::chrono::nanoseconds(nanoseconds));
}

std::vector<std::string> path_directories(const std::vector<std::string>& variables) {
  constexpr std::string_view kKey = "PATH=";
  std::string path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  for (const std::string& variable : variables) {
    if (variable.starts_with(kKey)) path = variable.substr(kKey.size());
  }
  std::vector<std::string> directories;
  std::istringstream fields(path);
  for (std::string directory; std::getline(fields, directory, ':');) {
    directories.push_back(directory);
  }
  return directories;
}

void add_start_failure(std::string_view words, ContainerFacts& facts) {
  facts.error = words;
  if (facts.exit_code != 0) return;
  const bool is_missing = words.find("not found") != std::string_view::npos ||
                          words.find("no such file") != std::string_view::npos;
  facts.exit_code = is_missing ? 127 : 126;
}

bool program_not_executable(const ContainerFacts& facts) {
  const auto says = [&facts](std::string_view words) {
    return facts.error.find(words) != std::string::npos;
  };
  // What runc says from here on is its own word on the container's first process. Podman quotes
  // the quotes of a runtime that does not log as JSON.
  const std::size_t begin = facts.error.find("container process");
  const std::string process = begin == std::string::npos ? "" : facts.error.substr(begin);
  const bool is_by_runc = process.find("running hook") == std::string::npos &&
                          (process.find("exec: \"") != std::string::npos ||
                           process.find("exec: \\\"") != std::string::npos);
  return !facts.started && (facts.exit_code == 126 || facts.exit_code == 127) &&
         (is_by_runc || says("executable file `") || says("crun: open executable"));
}

}  // namespace capmin
