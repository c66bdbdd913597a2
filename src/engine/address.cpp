#include "engine/address.h"

#include "core/error.h"
#include "engine/dialect.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <sys/un.h>

namespace capmin {
namespace {

constexpr const char* kSwitch = "CAPMIN_ENGINE_SOCKET";
constexpr const char* kDefaultHost = "unix:///var/run/docker.sock";
constexpr std::string_view kUnix = "unix://";
constexpr std::string_view kTcp = "tcp://";

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool is_port(std::string_view text) {
  constexpr std::size_t kMostDigits = 5;
  return !text.empty() && text.size() <= kMostDigits &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_host(std::string_view text) {
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
  return !text.empty() && text.find_first_not_of(kLetters) == std::string_view::npos;
}

/// Reads docker's way of writing an address; nothing for what is not beyond doubt.
std::optional<HttpAddress> parse_address(std::string_view text) {
  if (text.starts_with(kUnix)) {
    text.remove_prefix(kUnix.size());
    const bool is_path = text.starts_with('/') && text.size() < sizeof(sockaddr_un::sun_path);
    if (!is_path) return std::nullopt;
    return HttpAddress{.socket = std::string(text)};
  }
  if (!text.starts_with(kTcp)) return std::nullopt;
  text.remove_prefix(kTcp.size());
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (!is_host(host) || !is_port(port)) return std::nullopt;
  return HttpAddress{.host = std::string(host), .port = std::string(port)};
}

}  // namespace

ClientEnvironment client_environment() {
  return {.host = variable("DOCKER_HOST"),
          .context = variable("DOCKER_CONTEXT"),
          .uses_tls = !variable("DOCKER_TLS").empty() || !variable("DOCKER_TLS_VERIFY").empty(),
          .uses_proxy = !variable("HTTP_PROXY").empty() || !variable("http_proxy").empty(),
          .capmins = variable(kSwitch)};
}

std::variant<HttpAddress, ClientOnly> engine_address(const std::vector<std::string>& command,
                                                     const ClientEnvironment& environment) {
  if (environment.capmins == "off") return ClientOnly{std::string(kSwitch) + " is off"};
  if (!environment.capmins.empty()) {
    throw Error(ExitCode::kUsage,
                std::string(kSwitch) + " is '" + environment.capmins + "', which means nothing",
                "set it to off, or leave it out");
  }
  if (dialect_of(command.front()) != Dialect::kDocker) {
    return ClientOnly{"podman needs no service, and so it has no socket to rely on"};
  }
  std::string host;
  for (std::size_t i = 1; i < command.size(); i += 2) {
    if (command[i] != "--host" || i + 1 == command.size()) {
      return ClientOnly{"the client alone knows what " + command[i] + " leads to"};
    }
    host = command[i + 1];
  }
  if (host.empty()) host = environment.host;
  if (host.empty() && !environment.context.empty()) {
    return ClientOnly{"the client alone knows what DOCKER_CONTEXT leads to"};
  }
  if (environment.uses_tls) return ClientOnly{"the client's variables ask for TLS"};
  if (host.empty()) host = kDefaultHost;
  const std::optional<HttpAddress> address = parse_address(host);
  if (!address) return ClientOnly{"the client alone can reach " + host};
  if (address->socket.empty() && environment.uses_proxy) {
    return ClientOnly{"a proxy may stand between the client and " + host};
  }
  return *address;
}

std::string to_string(const HttpAddress& address) {
  if (!address.socket.empty()) return std::string(kUnix) + address.socket;
  return std::string(kTcp).append(address.host).append(":").append(address.port);
}

}  // namespace capmin
