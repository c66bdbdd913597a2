#pragma once

#include "core/error.h"
#include "engine/engine.h"
#include "system/process.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace capmin {

/// Which engine a user asked for.
struct EngineRequest {
  std::optional<Dialect> dialect;                       ///< nothing: the one that answers
  std::string host;                                     ///< --host; empty without
  std::string context;                                  ///< --context; empty without
  std::chrono::milliseconds timeout = kEngineDeadline;  ///< of each call, --engine-timeout
};

/// The engine that is used.
struct ChosenEngine {
  std::vector<std::string> command;  ///< the client with its global options
  std::string note;                  ///< why it is not docker, where nobody asked for another
};

/// The client of `dialect` with its global options: podman takes docker's --host and --context.
std::vector<std::string> client_command(Dialect dialect, const EngineRequest& request);

/// Why the engine behind this client does not work; nothing where it answers in time.
std::optional<Error> engine_fault(const std::vector<std::string>& command, ProcessRunner& runner,
                                  std::chrono::milliseconds timeout);

/// Whether the request, or the environment (DOCKER_HOST, DOCKER_CONTEXT), says which docker is
/// meant: then no other engine can be.
bool names_docker(const EngineRequest& request);

/// The engine that was asked for; without a wish docker where it answers, else podman where it
/// works, unless names_docker(). Throws Error kEngine, which tells of both, where neither does.
ChosenEngine choose_engine(const EngineRequest& request, ProcessRunner& runner);

/// Whether the request leads to an engine of this machine.
bool is_local(const EngineRequest& request, Dialect dialect);

}  // namespace capmin
