#include "trial/network_check.h"

#include "core/error.h"

#include <doctest/doctest.h>

#include <string>

namespace capmin {
namespace {

using Scheme = NetworkCheck::Scheme;

/// What a person is told of an address that is refused.
std::string refusal_of(const std::string& text) {
  try {
    static_cast<void>(parse_network_check(text));
  } catch (const Error& error) {
    return std::string(error.what()) + " / " + error.hint();
  }
  return "accepted";
}

bool refuses(const std::string& text, const std::string& words) {
  const std::string refusal = refusal_of(text);
  return refusal.find(words) != std::string::npos;
}

TEST_CASE("an address without a host is the container's, with its port and path") {
  const NetworkCheck page = parse_network_check("http://:8080/health?full=1");
  CHECK(page.scheme == Scheme::kHttp);
  CHECK_FALSE(page.is_of_host);
  CHECK(page.port == 8080);
  CHECK(page.target == "/health?full=1");
  CHECK(parse_network_check("http:///").port == 80);
  CHECK(parse_network_check("https://:8443").target == "/");
  CHECK(parse_network_check("https:///x").port == 443);
  const NetworkCheck port = parse_network_check("tcp://:5432");
  CHECK(port.scheme == Scheme::kTcp);
  CHECK(port.port == 5432);
}

TEST_CASE("this host may be named, and no other") {
  CHECK(parse_network_check("http://localhost:8080/").is_of_host);
  CHECK(parse_network_check("http://127.0.0.1:8080/").is_of_host);
  CHECK(parse_network_check("tcp://[::1]:5432").is_of_host);
  CHECK(refuses("http://example.com/", "leave the host out: http://:PORT"));
}

TEST_CASE("what is no address is refused with what to write in its place") {
  CHECK(refuses("http://:port/", "ports are 1 to 65535"));
  CHECK(refuses("http://user@:80/", "http://:PORT/PATH"));
  CHECK(refuses("http://:80/a b", "http://:PORT/PATH"));
  CHECK(refuses("http://:80/#part", "http://:PORT/PATH"));
  CHECK(refuses("http://:70000/", "ports are 1 to 65535"));
  CHECK(refuses("http://:0/", "ports are 1 to 65535"));
  CHECK(refuses("tcp://", "tcp://:5432"));
  CHECK(refuses("tcp://:5432/db", "write tcp://:PORT"));
}

TEST_CASE("only the three schemes are addresses; a file may have a colon in its name") {
  CHECK(is_network_check("http://:80/"));
  CHECK(is_network_check("https://:443/"));
  CHECK(is_network_check("tcp://:1"));
  CHECK_FALSE(is_network_check("ftp://:21/"));
  CHECK_FALSE(is_network_check("./http:/x"));
  CHECK_FALSE(is_network_check("health.sh"));
}

TEST_CASE("the container is asked at its address, or else at the port that it publishes") {
  const NetworkCheck check = parse_network_check("http://:80/");
  ProbeTarget target{
      .container = "c", .name = "n", .ip = "172.17.0.2", .ports = {{"80/tcp", "49153"}}};
  CHECK(place_of(check, target).address == "172.17.0.2");
  CHECK(place_of(check, target).port == 80);
  target.ip = "";
  CHECK(place_of(check, target).address == "127.0.0.1");
  CHECK(place_of(check, target).port == 49153);
  target.ports.clear();
  CHECK_FALSE(place_of(check, target).fault.empty());
}

TEST_CASE("a port of this host is that of the trial's own publishing") {
  NetworkCheck check = parse_network_check("http://localhost:8080/");
  check.published_as = "80/tcp";
  const ProbeTarget target{
      .container = "c", .name = "n", .ip = "172.17.0.2", .ports = {{"80/tcp", "49153"}}};
  CHECK(place_of(check, target).address == "127.0.0.1");
  CHECK(place_of(check, target).port == 49153);
  // With the host's network there is nothing to publish.
  check.published_as = "";
  CHECK(place_of(check, target).port == 8080);
}

TEST_CASE("a published port says nothing about a program that should accept connections") {
  const NetworkCheck check = parse_network_check("tcp://:5432");
  const ProbeTarget target{
      .container = "c", .name = "n", .ip = "", .ports = {{"5432/tcp", "49153"}}};
  CHECK(place_of(check, target).fault.find("the engine itself accepts") != std::string::npos);
}

}  // namespace
}  // namespace capmin
