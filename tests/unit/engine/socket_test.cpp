#include "engine/socket.h"

#include "expect_error.h"
#include "scripted_server.h"

#include <doctest/doctest.h>

#include <chrono>

namespace capmin {
namespace {

using namespace std::chrono_literals;

SocketCalls calls_of(const ScriptedServer& server) {
  return {{.socket = server.path()}, "docker", "1.41", 10s};
}

/// The request line of each request, without the version of HTTP.
std::vector<std::string> asked(const ScriptedServer& server) {
  std::vector<std::string> lines;
  for (const std::string& request : server.requests()) {
    lines.push_back(request.substr(0, request.find(" HTTP/1.1")));
  }
  return lines;
}

TEST_CASE("each kind of object has its own place in the engine's API") {
  ScriptedServer server({{http_reply("{}"), http_reply("{}"), http_reply("", "204 No Content"),
                          http_reply("", "204 No Content"), http_reply("", "204 No Content")},
                         {http_reply("{}")}});
  SocketCalls calls = calls_of(server);
  CHECK(calls.inspect(Kept::kNetwork, "capmin-0a1b2c3d-1_a.b") == "[{}]");
  CHECK(calls.inspect(Kept::kVolume, "data") == "[{}]");
  CHECK(calls.remove(Kept::kContainer, "web"));
  CHECK(calls.remove(Kept::kNetwork, "capmin-0a1b2c3d-1_a.b"));
  CHECK(calls.remove(Kept::kVolume, "data"));
  CHECK(calls.inspect(Kept::kContainer, "web") == "[{}]");
  CHECK(asked(server) == std::vector<std::string>{"GET /v1.41/networks/capmin-0a1b2c3d-1_a%2Eb",
                                                  "GET /v1.41/volumes/data",
                                                  "DELETE /v1.41/containers/web?force=1&v=1",
                                                  "DELETE /v1.41/networks/capmin-0a1b2c3d-1_a%2Eb",
                                                  "DELETE /v1.41/volumes/data?force=1",
                                                  "GET /v1.41/containers/web/json"});
}

TEST_CASE("a network that is not there is nothing to look at, and gone") {
  const std::string missing = http_reply(R"({"message":"network x not found"})", "404 Not Found");
  ScriptedServer server({{missing, missing}});
  SocketCalls calls = calls_of(server);
  CHECK_FALSE(calls.inspect(Kept::kNetwork, "x"));
  CHECK(calls.remove(Kept::kNetwork, "x"));
}

TEST_CASE("a network that a container uses is not gone") {
  const std::string refusal =
      R"({"message":"error while removing network: network x id 8a86 has active endpoints"})";
  ScriptedServer server({{http_reply(refusal, "403 Forbidden"), http_reply("{}", "500 Oh")}});
  SocketCalls calls = calls_of(server);
  CHECK_FALSE(calls.remove(Kept::kNetwork, "x"));
  CHECK(code_of([&calls] { calls.inspect(Kept::kNetwork, "x"); }) == ExitCode::kEngine);
}

}  // namespace
}  // namespace capmin
