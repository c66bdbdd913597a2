#include "engine/dialect.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using Arguments = std::vector<std::string>;

TEST_CASE("the client's name tells its dialect, wherever it lies") {
  CHECK(dialect_of("podman") == Dialect::kPodman);
  CHECK(dialect_of("/usr/bin/podman") == Dialect::kPodman);
  CHECK(dialect_of("docker") == Dialect::kDocker);
  CHECK(dialect_of("/opt/podman/docker") == Dialect::kDocker);
}

TEST_CASE("podman is told not to wait before it removes a container") {
  CHECK(remove_arguments(Dialect::kDocker, "x") == Arguments{"rm", "-f", "-v", "x"});
  CHECK(remove_arguments(Dialect::kPodman, "x") == Arguments{"rm", "-f", "-v", "--time", "0", "x"});
}

TEST_CASE("both engines' words for what is not there are known") {
  CHECK(says_no_such_image("Error: No such image: x"));
  CHECK(says_no_such_image("Error: inspecting object: x: image not known"));
  CHECK(says_no_such_object("Error: No such container: x"));
  CHECK(says_no_such_object("Error: no container with name or ID \"x\" found: no such container"));
  CHECK_FALSE(says_no_such_object("Error: cannot remove container x: device busy"));
}

TEST_CASE("both engines' words for a taken name are known") {
  CHECK(says_name_is_taken("The container name \"/x\" is already in use by container \"01\"."));
  CHECK(says_name_is_taken("the container name \"x\" is already in use by 9ae1d904df56"));
}

TEST_CASE("the capability that an engine does not know is read from both engines' words") {
  CHECK(unknown_capability("Error response from daemon: invalid CapAdd: unknown capability: "
                           "\"CAP_BPF\"") == Capability::kBpf);
  CHECK(unknown_capability("Error: \"CAP_BPF\": unknown capability") == Capability::kBpf);
  CHECK_FALSE(unknown_capability("Error: \"CAP_FOO\": unknown capability"));
  CHECK_FALSE(unknown_capability("Error: \"CAP_BPF\" is granted"));
  CHECK_FALSE(unknown_capability("unknown capability: \"CAP_BPF"));
}

TEST_CASE("a container that cannot be started is told apart from an engine that cannot be asked") {
  CHECK(says_start_failed("Error response from daemon: failed to create shim task"));
  CHECK(says_start_failed("Error: OCI runtime error: unable to start container \"a\": crun: x"));
  CHECK_FALSE(says_start_failed("Cannot connect to the Docker daemon at unix:///x"));
  CHECK_FALSE(says_start_failed("Error: unable to connect to Podman socket: no such file"));
}

TEST_CASE("an engine that cannot be reached is unusable, and each has its own advice") {
  const auto docker = says_unusable(Dialect::kDocker, "Cannot connect to the Docker daemon at x");
  REQUIRE(docker);
  CHECK(docker->hint.find("DOCKER_HOST") != std::string::npos);
  const auto podman = says_unusable(Dialect::kPodman, "Error: unable to connect to Podman socket");
  REQUIRE(podman);
  CHECK(podman->hint.find("CONTAINER_HOST") != std::string::npos);
}

TEST_CASE("a registry that refuses connections does not make the engine unusable") {
  CHECK_FALSE(says_unusable(Dialect::kDocker,
                            "Error response from daemon: Get \"https://localhost/v2/\": dial tcp "
                            "127.0.0.1:443: connect: connection refused"));
  CHECK_FALSE(says_unusable(Dialect::kPodman,
                            "Error: initializing source docker://localhost/x:1: pinging container "
                            "registry localhost: connect: connection refused"));
}

TEST_CASE("a warning of podman's is the same at another time") {
  CHECK(without_time("time=\"2026-11-24T08:13:04Z\" level=warning msg=\"x\"\n") ==
        "level=warning msg=\"x\"\n");
  CHECK(without_time("time=\"2026-11-24T08:13:04Z\" other\n") ==
        "time=\"2026-11-24T08:13:04Z\" other\n");
  CHECK(without_time("plain\n") == "plain\n");
}

}  // namespace
}  // namespace capmin
