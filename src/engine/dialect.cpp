#include "engine/dialect.h"

#include "system/process_limits.h"

#include <algorithm>
#include <initializer_list>

namespace capmin {
namespace {

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::ranges::any_of(parts, [text](std::string_view part) { return has(text, part); });
}

/// The runtime, or what stands between it and the engine, could not be executed or died: words of
/// containerd 1.6 and podman 4.3.
bool says_runtime_trouble(std::string_view words) {
  return has_any(words, {"unable to retrieve OCI runtime error", "did not terminate successfully",
                         "failed to start shim", "no logs from conmon", "write child: broken pipe",
                         "working conmon binary", "default OCI runtime"});
}

}  // namespace

Dialect dialect_of(std::string_view client) {
  const std::size_t slash = client.rfind('/');
  if (slash != std::string_view::npos) client.remove_prefix(slash + 1);
  return client.starts_with("podman") ? Dialect::kPodman : Dialect::kDocker;
}

const char* host_variable(Dialect dialect) {
  return dialect == Dialect::kPodman ? "CONTAINER_HOST" : "DOCKER_HOST";
}

std::vector<std::string> remove_arguments(Dialect dialect, const std::string& container) {
  if (dialect == Dialect::kPodman) return {"rm", "-f", "-v", "--time", "0", container};
  return {"rm", "-f", "-v", container};
}

std::vector<std::string> wait_arguments(Dialect dialect, const std::string& container) {
  if (dialect == Dialect::kPodman) return {"wait", "--interval", "20ms", container};
  return {"wait", container};
}

bool says_no_such_image(std::string_view words) {
  return has(words, "No such image") || has(words, "image not known");
}

bool says_name_is_taken(std::string_view words) {
  return has(words, "is already in use by");
}

bool says_no_such_object(std::string_view words) {
  return has(words, "No such") || has(words, "no such container") || has(words, "no such volume");
}

bool says_no_such_network(std::string_view words) {
  // docker: network NAME not found; podman: unable to find network with name or ID NAME: network
  // not found. Of a network in use neither says so.
  return has(words, "No such network") || has(words, "network not found") ||
         (has(words, "Error response from daemon: network ") && has(words, " not found"));
}

bool says_start_failed(std::string_view words) {
  return has(words, "Error response from daemon") || has(words, "unable to start container");
}

bool says_create_refused(Dialect dialect, std::string_view words, int status) {
  constexpr int kRefused = 125;
  if (status == kRefused) return true;
  // The client itself knows what an older engine lacks.
  return dialect == Dialect::kDocker &&
         has_any(words, {"Error response from daemon", "requires API version"});
}

bool says_exec_trouble(Dialect dialect, std::string_view output) {
  if (dialect == Dialect::kPodman) {
    return output.starts_with("Error: ") && says_runtime_trouble(output);
  }
  if (output.starts_with("OCI runtime exec failed")) return says_runtime_trouble(output);
  // A container that has ended or was paused is no trouble of the engine's.
  return output.starts_with("Cannot connect to the Docker daemon") ||
         output.starts_with("error during connect") ||
         (output.starts_with("Error response from daemon") &&
          !has_any(output, {"ontainer ", "o such container"}));
}

bool says_port_is_taken(std::string_view words) {
  return has_any(words, {"port is already allocated", "address already in use"});
}

bool says_machine_trouble(std::string_view words) {
  return says_runtime_trouble(words) || says_port_is_taken(words) ||
         has_any(words, {"cannot assign requested address", "no space left on device",
                         "cannot allocate memory", "resource temporarily unavailable",
                         "too many open files", "deadline exceeded", "transport is closing",
                         "connection refused"});
}

std::optional<ContainerFault> says_container_fault(std::string_view words, bool names_user) {
  const std::string quoted(words);
  const bool is_group_option = has(words, "Unable to find group");
  if (!is_group_option && has_any(words, {"matching entries in passwd", "matching entries in group",
                                          "uids and gids must be in range"})) {
    if (names_user) {
      return ContainerFault{"the image has no such user as --user names: " + quoted,
                            "give a user of its /etc/passwd, or numbers: --user UID:GID", false};
    }
    return ContainerFault{"the image names a user that it does not have: " + quoted,
                          "give another with --user UID:GID, or mend the image's USER", true};
  }
  if (has_any(words, {"o command specified", "no command or entrypoint provided"})) {
    return ContainerFault{"the image names no program to run: it has neither ENTRYPOINT nor CMD",
                          "give one behind the options: capmin run IMAGE ... -- COMMAND", true};
  }
  if ((has(words, "network ") && has(words, " not found")) ||
      has(words, "unable to find network with name")) {
    return ContainerFault{"the network of --network is not there: " + quoted,
                          "make it first (docker network create, podman network create), or name "
                          "another",
                          false};
  }
  if (has(words, "not match the specified platform")) {
    return ContainerFault{
        "the engine has the image for another platform than --platform: " + quoted,
        "fetch that one: --pull always", false};
  }
  if (has(words, "plugin") && has_any(words, {"not found", "required plugin missing"})) {
    return ContainerFault{"the options name a plugin that is not there: " + quoted,
                          "install it on the engine's machine, or leave the option out", false};
  }
  return std::nullopt;
}

std::optional<Capability> unknown_capability(std::string_view words) {
  // docker: invalid CapAdd: unknown capability: "CAP_X"; podman: "CAP_X": unknown capability
  const std::size_t begin = words.find("\"CAP_");
  if (begin == std::string_view::npos || !has(words, "unknown capability")) return std::nullopt;
  const std::size_t end = words.find('"', begin + 1);
  if (end == std::string_view::npos) return std::nullopt;
  return capability_named(words.substr(begin + 1, end - begin - 1));
}

std::optional<Unusable> says_unusable(Dialect dialect, std::string_view words) {
  const std::string variable = host_variable(dialect);
  const std::string no_answer = "no engine answers: " + std::string(words);
  if (has(words, "permission denied while trying to connect")) {
    return Unusable{"no permission to use the engine's socket",
                    "run capmin as root or as a member of the group docker: sudo usermod -aG "
                    "docker $USER, and log in anew"};
  }
  if (has(words, "unable to connect to Podman socket")) {
    return Unusable{no_answer, "start it with podman system service, or leave out --host and " +
                                   variable + ": podman needs no service on its own machine"};
  }
  // Behind these words the engine itself quotes a registry that it could not reach.
  if (dialect == Dialect::kPodman || has(words, "Error response from daemon")) return std::nullopt;
  if (has(words, "Cannot connect to the Docker daemon") || has(words, "connection refused") ||
      has(words, "error during connect")) {
    return Unusable{no_answer, "start it, or say where it is with --host or " + variable};
  }
  return std::nullopt;
}

std::string_view without_time(std::string_view line) {
  constexpr std::string_view kTime = "time=\"";
  if (!line.starts_with(kTime)) return line;
  const std::size_t end = line.find("\" level=");
  return end == std::string_view::npos ? line : line.substr(end + 2);
}

namespace {

/// Calls `use` with each line of `text`, its line break included.
void for_each_line(std::string_view text, const std::function<void(std::string_view)>& use) {
  while (!text.empty()) {
    const std::size_t length = std::min(text.find('\n'), text.size() - 1) + 1;
    use(text.substr(0, length));
    text.remove_prefix(length);
  }
}

}  // namespace

void ClientWarnings::note(std::string_view err) {
  constexpr std::size_t kMost = 100;
  const std::scoped_lock lock(mutex_);
  for_each_line(err, [this](std::string_view line) {
    if (lines_.size() < kMost && line != "\n") lines_.emplace(without_time(line));
  });
}

std::string ClientWarnings::removed_from(std::string_view log) const {
  const std::scoped_lock lock(mutex_);
  std::string text;
  for_each_line(log, [&](std::string_view line) {
    if (!lines_.contains(without_time(line))) text += line;
  });
  return text;
}

using Ending = ProcessResult::Ending;

std::string one_line(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \n\r\t");
  if (begin == std::string_view::npos) return {};
  std::string line(text.substr(begin, text.find_last_not_of(" \n\r\t") - begin + 1));
  std::ranges::replace(line, '\n', ' ');
  return line;
}

Error engine_error(const std::string& engine, const std::string& action,
                   const ProcessResult& result) {
  const std::string prefix = "cannot " + action + ": ";
  switch (result.ending) {
    case Ending::kNotStarted:
      return {ExitCode::kEngine, prefix + result.failure,
              is_of_limits(result.error) ? limits_hint(true) : "install " + engine};
    case Ending::kDeadline:
      return {ExitCode::kEngine, prefix + engine + " did not answer in time",
              "see whether the engine still works: " + engine + " version"};
    case Ending::kStopped:
      return {ExitCode::kEngine, prefix + "interrupted"};
    case Ending::kSignaled:
      return {ExitCode::kEngine,
              prefix + engine + " was killed by signal " + std::to_string(result.status),
              limits_hint(false)};
    case Ending::kExited:
      break;
  }
  const std::string words = one_line(result.err);
  if (const auto unusable = says_unusable(dialect_of(engine), words)) {
    return {ExitCode::kEngine, prefix + unusable->reason, unusable->hint};
  }
  const std::string limits = limits_hint(false);
  return {ExitCode::kEngine,
          prefix + (words.empty() ? "no reason given" : words) + " (exit status " +
              std::to_string(result.status) + ')',
          limits.empty() ? "see whether the engine still works: capmin doctor" : limits};
}

}  // namespace capmin
