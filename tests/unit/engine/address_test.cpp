#include "engine/address.h"

#include "core/error.h"
#include "expect_error.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using Command = std::vector<std::string>;

/// "over ADDRESS", or why the client makes all calls.
std::string way(const Command& command, const ClientEnvironment& environment = {}) {
  const auto place = engine_address(command, environment);
  if (const auto* const only = std::get_if<ClientOnly>(&place)) return only->reason;
  return "over " + to_string(std::get<HttpAddress>(place));
}

TEST_CASE(
    "the engine's address is that of --host, DOCKER_HOST or docker's default, in this order") {
  CHECK(way({"docker"}) == "over unix:///var/run/docker.sock");
  CHECK(way({"docker"}, {.host = "unix:///run/a.sock"}) == "over unix:///run/a.sock");
  CHECK(way({"docker", "--host", "tcp://box:2375"}, {.host = "unix:///run/a.sock"}) ==
        "over tcp://box:2375");
  CHECK(way({"/opt/docker", "--host", "unix:///b"}) == "over unix:///b");
  // docker's client heeds DOCKER_CONTEXT only where no host is given.
  CHECK(way({"docker"}, {.host = "unix:///run/a.sock", .context = "far"}) ==
        "over unix:///run/a.sock");
}

TEST_CASE("whatever is not beyond doubt is left to the client, with the reason") {
  for (const char* host :
       {"ssh://box", "tcp://box", "tcp://box:", "tcp://:2375", "tcp://box:2375/base",
        "tcp://[::1]:1", "tcp://user@box:2375", "tcp://box:123456", "http://box:1", "box:2375",
        "/run/docker.sock", "unix://", "unix://docker.sock", "npipe:////./pipe/docker"}) {
    CAPTURE(host);
    CHECK(way({"docker", "--host", host}) == "the client alone can reach " + std::string(host));
  }
  const std::string too_long = "unix:///" + std::string(107, 'x');
  CHECK(way({"docker", "--host", too_long}).starts_with("the client alone can reach"));
  CHECK(way({"docker", "--context", "far"}) == "the client alone knows what --context leads to");
  CHECK(way({"docker", "--host", "unix:///a", "--tls"}) ==
        "the client alone knows what --tls leads to");
  CHECK(way({"docker"}, {.context = "far"}) ==
        "the client alone knows what DOCKER_CONTEXT leads to");
  CHECK(way({"docker"}, {.uses_tls = true}) == "the client's variables ask for TLS");
  CHECK(way({"podman"}).starts_with("podman needs no service"));
}

TEST_CASE("a proxy stands between the client and a port, not between it and a socket") {
  CHECK(way({"docker"}, {.host = "tcp://box:2375", .uses_proxy = true}) ==
        "a proxy may stand between the client and tcp://box:2375");
  CHECK(way({"docker"}, {.uses_proxy = true}) == "over unix:///var/run/docker.sock");
}

TEST_CASE("CAPMIN_ENGINE_SOCKET leaves all to the client, and knows no other word") {
  CHECK(way({"docker"}, {.capmins = "off"}) == "CAPMIN_ENGINE_SOCKET is off");
  CHECK(code_of([] { way({"docker"}, {.capmins = "of"}); }) == ExitCode::kUsage);
}

}  // namespace
}  // namespace capmin
