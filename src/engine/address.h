#pragma once

#include "system/http.h"

#include <string>
#include <variant>
#include <vector>

namespace capmin {

/// The variables by which docker's client finds its engine; empty where they are not set.
struct ClientEnvironment {
  std::string host = {};     ///< DOCKER_HOST
  std::string context = {};  ///< DOCKER_CONTEXT
  bool uses_tls = false;     ///< DOCKER_TLS or DOCKER_TLS_VERIFY
  bool uses_proxy = false;   ///< HTTP_PROXY or http_proxy
  std::string capmins = {};  ///< CAPMIN_ENGINE_SOCKET: "off" leaves all to the client
};

/// The variables of this process.
ClientEnvironment client_environment();

/// Why an engine's client makes all calls.
struct ClientOnly {
  std::string reason;
};

/// Where the engine of the client `command`, with its global options, listens for calls without
/// TLS: a Unix socket or a TCP port, where that is beyond doubt. Only docker's client is known so
/// far. Throws Error kUsage for a value of CAPMIN_ENGINE_SOCKET that nobody knows.
std::variant<HttpAddress, ClientOnly> engine_address(const std::vector<std::string>& command,
                                                     const ClientEnvironment& environment);

/// The address as docker writes it: "unix:///var/run/docker.sock", "tcp://host:2375".
std::string to_string(const HttpAddress& address);

}  // namespace capmin
