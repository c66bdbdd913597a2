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
  CHECK(says_no_such_network("Error response from daemon: network x not found\nexit status 1"));
  CHECK(says_no_such_network("Error: No such network: x"));
  CHECK(says_no_such_network("Error: unable to find network with name or ID x: network not found"));
  CHECK_FALSE(
      says_no_such_network("Error response from daemon: error while removing network: "
                           "network x id 8a86d600a219 has active endpoints"));
  CHECK_FALSE(
      says_no_such_network("Error: \"x\" has associated containers with it. Use -f to "
                           "forcibly delete containers and pods: network is being used"));
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

TEST_CASE(
    "an engine in trouble under docker exec is told apart from the program and the container") {
  for (const char* words :
       {"Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?",
        "error during connect: Get \"http://x/v1.41/exec\": EOF",
        "Error response from daemon: transport is closing: unavailable",
        "OCI runtime exec failed: unable to retrieve OCI runtime error (open log.json): fork/exec "
        "/usr/sbin/runc: no such file or directory: unknown"}) {
    CAPTURE(words);
    CHECK(says_exec_trouble(Dialect::kDocker, words));
  }
  for (const char* words :
       {"curl: (7) Failed to connect to localhost port 80: Connection refused",
        "OCI runtime exec failed: exec failed: unable to start container process: exec: \"/x\": "
        "permission denied: unknown",
        "Error response from daemon: Container 01 is not running",
        "Error response from daemon: No such container: 01"}) {
    CAPTURE(words);
    CHECK_FALSE(says_exec_trouble(Dialect::kDocker, words));
  }
  CHECK(says_exec_trouble(Dialect::kPodman, "Error: default OCI runtime \"runc\" not found"));
  CHECK(says_exec_trouble(Dialect::kPodman, "Error: write child: broken pipe"));
  CHECK_FALSE(says_exec_trouble(Dialect::kPodman, "Error: nobody answers"));
  CHECK_FALSE(says_exec_trouble(Dialect::kPodman, "write child: broken pipe"));
}

TEST_CASE("both engines' words for a user that an image does not have are known") {
  for (const char* words :
       {"unable to find user app: no matching entries in passwd file",
        "Error: unable to start container \"01\": unable to find group app: no matching entries in "
        "group file",
        "uids and gids must be in range 0-2147483647"}) {
    CAPTURE(words);
    const auto of_image = says_container_fault(words, false);
    REQUIRE(of_image);
    CHECK(of_image->is_of_image);
    const auto of_options = says_container_fault(words, true);
    REQUIRE(of_options);
    CHECK_FALSE(of_options->is_of_image);
  }
}

TEST_CASE("both engines' words for what options name in vain are known") {
  for (const char* words :
       {"network nosuchnet not found",
        "Error: unable to find network with name or ID nosuchnet: network not found",
        "error looking up volume plugin nosuch: plugin \"nosuch\" not found",
        "Unable to find group nosuch: no matching entries in group file"}) {
    CAPTURE(words);
    const auto fault = says_container_fault(words, false);
    CHECK((!fault || !fault->is_of_image));
  }
  CHECK(says_container_fault("Error response from daemon: No command specified", false));
  CHECK(says_container_fault(
      "Error: no command or entrypoint provided, and no CMD or ENTRYPOINT from image", false));
  CHECK_FALSE(says_container_fault("No such container: 01", false));
  CHECK_FALSE(says_container_fault("setrlimit RLIMIT_NOFILE: Operation not permitted", false));
}

TEST_CASE("what the machine lacks for a time is no fault of the options") {
  CHECK(says_machine_trouble("Bind for 0.0.0.0:80 failed: port is already allocated"));
  CHECK(says_machine_trouble("write /x: no space left on device"));
  CHECK(says_machine_trouble("unable to retrieve OCI runtime error"));
  CHECK_FALSE(says_machine_trouble("Minimum memory limit allowed is 6MB"));
}

TEST_CASE("a port of the host that is taken is known in both engines' words") {
  CHECK(says_port_is_taken("Bind for 0.0.0.0:8080 failed: port is already allocated"));
  CHECK(says_port_is_taken("rootlessport listen tcp 0.0.0.0:8080: bind: address already in use"));
  CHECK_FALSE(says_port_is_taken("no space left on device"));
}

TEST_CASE("options that an older engine lacks are refused by docker's client") {
  CHECK(says_create_refused(Dialect::kDocker,
                            "\"specify mac-address per network\" requires API version 1.44, but "
                            "the Docker daemon API version is 1.41",
                            1));
  CHECK_FALSE(says_create_refused(Dialect::kDocker, "error during connect", 1));
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
