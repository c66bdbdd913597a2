#include "engine/dialect.h"

namespace capmin {
namespace {

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
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

bool says_start_failed(std::string_view words) {
  return has(words, "Error response from daemon") || has(words, "unable to start container");
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
                    "run capmin as root or as a member of the group docker"};
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

}  // namespace capmin
