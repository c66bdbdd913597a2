#include "engine/choice.h"

#include "engine/inside.h"

#include <cstdlib>

namespace capmin {
namespace {

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

}  // namespace

std::vector<std::string> client_command(Dialect dialect, const EngineRequest& request) {
  std::vector<std::string> command{std::string(name_of(dialect))};
  if (!request.host.empty()) command.insert(command.end(), {"--host", request.host});
  if (!request.context.empty()) command.insert(command.end(), {"--context", request.context});
  return command;
}

std::optional<Error> engine_fault(const std::vector<std::string>& command, ProcessRunner& runner,
                                  std::chrono::milliseconds timeout) {
  try {
    Engine(runner, command, timeout).check();
    return std::nullopt;
  } catch (const Error& error) {
    return error;
  }
}

bool names_docker(const EngineRequest& request) {
  return !request.host.empty() || !request.context.empty() || is_set("DOCKER_HOST") ||
         is_set("DOCKER_CONTEXT");
}

ChosenEngine choose_engine(const EngineRequest& request, ProcessRunner& runner) {
  if (request.dialect) return {.command = client_command(*request.dialect, request), .note = {}};
  const std::vector<std::string> docker = client_command(Dialect::kDocker, request);
  const std::optional<Error> docker_fault = engine_fault(docker, runner, request.timeout);
  if (!docker_fault) return {.command = docker, .note = {}};
  const std::string docker_reason = docker_fault->what();
  if (names_docker(request)) {
    throw Error(ExitCode::kEngine,
                docker_reason +
                    "; podman was not tried, because docker's place is given "
                    "(--engine podman asks for it)",
                docker_fault->hint());
  }
  const std::vector<std::string> podman = client_command(Dialect::kPodman, request);
  const std::optional<Error> podman_fault = engine_fault(podman, runner, request.timeout);
  if (!podman_fault) {
    return {.command = podman, .note = "podman is used: docker does not work: " + docker_reason};
  }
  const bool is_installed = docker_reason.find("not found in PATH") == std::string::npos;
  std::string hint = is_installed ? docker_fault->hint() : "install docker or podman";
  if (!hint.ends_with("capmin doctor")) {
    hint += (hint.empty() ? "" : "; ") + std::string("capmin doctor tells more");
  }
  throw Error(
      ExitCode::kEngine,
      "no engine works here\n  docker: " + docker_reason + "\n  podman: " + podman_fault->what(),
      hint);
}

bool is_local(const EngineRequest& request, Dialect dialect) {
  if (!request.context.empty()) return false;
  const char* variable = std::getenv(host_variable(dialect));
  return is_local_host(request.host.empty() && variable != nullptr ? variable : request.host);
}

}  // namespace capmin
