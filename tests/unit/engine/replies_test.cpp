#include "engine/replies.h"

#include "engine/created_container.h"
#include "engine/dialect.h"
#include "expect_error.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

// Shortened replies of docker 20.10.24.
constexpr const char* kVersion =
    R"({"Client":{},"Server":{"Components":[{"Name":"Engine","Version":"20.10.24"},
    {"Name":"runc","Version":"1.1.5"}],"Version":"20.10.24","Os":"linux","Arch":"amd64"}})";
constexpr const char* kInfo =
    R"({"SecurityOptions":["name=seccomp,profile=default"],"DefaultRuntime":"runc",
    "KernelVersion":"6.1.0"})";

TEST_CASE("the engine's version, runtime, kernel and seccomp profile are read") {
  const EngineFacts facts = parse_engine_facts(kVersion, kInfo);
  CHECK(facts.version == "20.10.24");
  CHECK(facts.runtime == "runc 1.1.5");
  CHECK(facts.kernel == "6.1.0");
  CHECK(facts.platform == "linux/amd64");
  CHECK(facts.seccomp == "default");
  CHECK_FALSE(facts.rootless);
  CHECK(facts.userns_remap == false);
}

TEST_CASE("docker tells that it maps users") {
  const EngineFacts docker = parse_engine_facts(
      kVersion, R"({"SecurityOptions":["name=seccomp,profile=default","name=userns"]})");
  CHECK(docker.userns_remap == true);
}

TEST_CASE("an image's user, ports and health check are read") {
  const ImageFacts facts = parse_image_facts(
      R"([{"Id":"sha256:f4","RepoDigests":["nginx@sha256:9a"],"Os":"linux","Architecture":"amd64",
      "Config":{"User":"www","ExposedPorts":{"80/tcp":{}},"Cmd":["nginx"],"Entrypoint":null,
      "Healthcheck":{"Test":["CMD-SHELL","curl localhost"],"Timeout":2000000000}}}])");
  CHECK(facts.id == "sha256:f4");
  CHECK(facts.digest == "sha256:9a");
  CHECK(facts.user == "www");
  CHECK(facts.command == std::vector<std::string>{"nginx"});
  CHECK(facts.entrypoint.empty());
  CHECK(facts.exposed_ports == std::vector<std::string>{"80/tcp"});
  CHECK(facts.healthcheck.program == std::vector<std::string>{"/bin/sh", "-c", "curl localhost"});
  CHECK(facts.healthcheck.timeout == std::chrono::seconds(2));
}

TEST_CASE("the directories of an image's PATH are read; without one they are the engine's own") {
  const auto path = [](const std::string& env) {
    return parse_image_facts(R"([{"Id":"x","Config":{"Env":)" + env + "}}]").path;
  };
  CHECK(path(R"(["PATH=/opt/bin:bin::/bin","PATHS=/x"])") ==
        std::vector<std::string>{"/opt/bin", "bin", "", "/bin"});
  CHECK(path("null").size() == 6);
}

TEST_CASE("the other forms of a health check are a program or nothing") {
  const auto healthcheck = [](const std::string& test) {
    return parse_image_facts(R"([{"Id":"x","Config":{"Healthcheck":{"Test":)" + test + "}}}]")
        .healthcheck.program;
  };
  CHECK(healthcheck(R"(["CMD","/check","-q"])") == std::vector<std::string>{"/check", "-q"});
  CHECK(healthcheck(R"(["NONE"])").empty());
  CHECK(healthcheck("[]").empty());
}

TEST_CASE("a container's state, address and published ports are read") {
  const ContainerFacts facts = parse_container_facts(
      R"([{"Id":"a4","State":{"Status":"running","Running":true,"OOMKilled":false,"Pid":42,
      "ExitCode":0,"Error":""},"NetworkSettings":{"Ports":{"80/tcp":[{"HostIp":"0.0.0.0",
      "HostPort":"18080"}],"81/tcp":null},"Networks":{"bridge":{"IPAddress":"172.17.0.2"}}}}])");
  CHECK(facts.running);
  CHECK(facts.started);
  CHECK(facts.pid == 42);
  CHECK(facts.ip == "172.17.0.2");
  CHECK(facts.ports == std::map<std::string, std::string>{{"80/tcp", "18080"}});
}

TEST_CASE("a container's health is read in both engines' forms, and empty without a check") {
  const auto health = [](const std::string& state) {
    return parse_container_facts(R"([{"Id":"a","State":{"Status":"running","Running":true)" +
                                 state + "}}]")
        .health;
  };
  for (const char* status : {"starting", "healthy", "unhealthy"}) {
    CAPTURE(status);
    const std::string told = std::string(R"({"Status":")") + status + R"(","Log":null})";
    CHECK(health(R"(,"Health":)" + told) == status);
    CHECK(health(R"(,"Healthcheck":)" + told) == status);
  }
  for (const char* none :
       {"", R"(,"Health":null)", R"(,"Health":{"Status":"","FailingStreak":0,"Log":null})",
        R"(,"Health":{"Status":"none"})", R"(,"Health":"healthy")"}) {
    CAPTURE(none);
    CHECK(health(none).empty());
  }
}

TEST_CASE("a network's id, name and labels are read from both engines' forms") {
  const LabelledObject docker = parse_labelled_network(
      R"([{"Name":"capmin-0a1b2c3d-1_default","Id":"8a86","Scope":"local","Containers":{},
      "Labels":{"capmin.run":"0a1b2c3d","a":"b"}}])");
  CHECK(docker.id == "8a86");
  CHECK(docker.name == "capmin-0a1b2c3d-1_default");
  CHECK(docker.image.empty());
  CHECK(docker.labels == Labels{{"capmin.run", "0a1b2c3d"}, {"a", "b"}});
  const LabelledObject podman = parse_labelled_network(
      R"([{"name":"capmin-0a1b2c3d-1_default","id":"5235","driver":"bridge",
      "labels":{"capmin.run":"0a1b2c3d"}}])");
  CHECK(podman.id == podman.name);  // by an id it would remove one that is in use
  CHECK(podman.name == "capmin-0a1b2c3d-1_default");
  CHECK(podman.labels == Labels{{"capmin.run", "0a1b2c3d"}});
  CHECK(parse_labelled_network(R"([{"name":"podman","id":"2f25"}])").labels.empty());
}

ContainerFacts not_started(int exit_code, const std::string& error) {
  ContainerFacts facts;
  facts.exit_code = exit_code;
  facts.error =
      "failed to create shim task: OCI runtime create failed: runc create failed: unable "
      "to start container process: " +
      error;
  return facts;
}

/// As the engine says it, without runc's words.
ContainerFacts refused(int exit_code, const std::string& error) {
  ContainerFacts facts = not_started(exit_code, {});
  facts.error = error;
  return facts;
}

TEST_CASE("a program that cannot be executed is told apart from an engine that fails") {
  CHECK(program_not_executable(not_started(126, "exec: \"/x\": permission denied: unknown")));
  CHECK(program_not_executable(not_started(127, "exec: \"/x\": stat /x: no such file: unknown")));
  CHECK_FALSE(program_not_executable(not_started(128, "unable to apply caps: not permitted")));
  CHECK_FALSE(program_not_executable(not_started(126, "setrlimit RLIMIT_NOFILE: not permitted")));
  ContainerFacts ran = not_started(126, "exec: \"/x\"");
  ran.started = true;
  CHECK_FALSE(program_not_executable(ran));
  // runc 1.0, and a runtime whose log podman quotes
  CHECK(program_not_executable(refused(
      127, "starting container process caused: exec: \"x\": executable file not found in $PATH")));
  CHECK(program_not_executable(refused(
      127, "level=error msg=\"unable to start container process: exec: \\\"/x\\\": stat /x\"")));
}

TEST_CASE("a program of the engine's own that cannot be executed is no program of the container") {
  for (const char* words :
       {"failed to create shim task: OCI runtime create failed: unable to retrieve OCI runtime "
        "error (open /run/log.json: no such file or directory): exec: \"runc\": executable file "
        "not found in $PATH: unknown",
        "failed to start shim: exec: \"containerd-shim-runc-v2\": executable file not found in "
        "$PATH",
        "driver failed programming external connectivity: exec: \"docker-proxy\": executable file "
        "not found in $PATH",
        "exec: \"docker-init\": executable file not found in $PATH",
        "runc create failed: unable to start container process: error running hook #0: exec: "
        "\"nvidia-container-runtime-hook\": executable file not found in $PATH"}) {
    CAPTURE(words);
    CHECK_FALSE(program_not_executable(refused(127, words)));
  }
}

TEST_CASE("the time of a container's start is read in both engines' forms") {
  using namespace std::chrono;
  const auto day = sys_days(2026y / November / 28);
  CHECK(parse_time("2026-11-28T08:17:45.5Z") == day + 8h + 17min + 45s + 500ms);
  CHECK(parse_time("2026-11-28T08:17:45.123456789+01:00") ==
        day + 7h + 17min + 45s + 123'456'789ns);
  CHECK(parse_time("2026-11-28T08:17:45Z") == day + 8h + 17min + 45s);
  for (const char* text :
       {"", "0001-01-01T00:00:00Z", "2026-11-28", "2026-11-28T08:17:45", "2026-11-28T08:17:45.Z",
        "2026-11-28T08:17:45.1234567890Z", "2026-11-28T08:17:45Z and more"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_time(text));
  }
}

TEST_CASE("F14: a reply that is not what was asked for is engine trouble") {
  for (const char* reply : {"", "[]", "{}", "[1]", "[{}]", "not json", "[{},{}]"}) {
    CAPTURE(reply);
    CHECK(code_of([reply] { parse_container_facts(reply); }) == ExitCode::kEngine);
    CHECK(code_of([reply] { parse_image_facts(reply); }) == ExitCode::kEngine);
    CHECK(code_of([reply] { parse_created_container(reply); }) == ExitCode::kEngine);
  }
  CHECK(code_of([] { parse_engine_facts("{}", "{}"); }) == ExitCode::kEngine);
  const std::string deep(100'000, '[');
  CHECK(code_of([&deep] { parse_container_facts(deep); }) == ExitCode::kEngine);
}

ProcessResult said(const std::string& words) {
  ProcessResult result;
  result.ending = ProcessResult::Ending::kExited;
  result.status = 1;
  result.err = words;
  return result;
}

TEST_CASE(
    "F13: an engine that cannot be reached and one that may not be used have their own hints") {
  const Error no_engine = engine_error("docker", "run 'docker version'",
                                       said("Cannot connect to the Docker daemon at unix:///x."));
  CHECK(no_engine.code() == ExitCode::kEngine);
  CHECK(no_engine.hint().find("--host") != std::string::npos);
  const Error forbidden =
      engine_error("docker", "run 'docker version'",
                   said("permission denied while trying to connect to the Docker daemon socket"));
  CHECK(forbidden.code() == ExitCode::kEngine);
  CHECK(forbidden.hint().find("group docker") != std::string::npos);
}

// Shortened replies of podman 4.3.1.
constexpr const char* kPodmanVersion = R"({"Client":{"Version":"4.3.1","Os":"linux"}})";

std::string podman_info(const std::string& security, const std::string& more = "") {
  return R"({"host":{"arch":"amd64","cgroupVersion":"v1","kernel":"6.1.0","os":"linux",)" + more +
         R"("ociRuntime":{"name":"runc","version":"runc version 1.1.5+ds1\ncommit: x"},
         "security":)" +
         security + R"(},"version":{"Version":"4.3.1"}})";
}

TEST_CASE("podman's version, runtime, kernel and seccomp profile are read") {
  const EngineFacts facts =
      parse_engine_facts(kPodmanVersion, podman_info(R"({"rootless":false,"seccompEnabled":true,
                                      "seccompProfilePath":"/usr/share/containers/seccomp.json"})"));
  CHECK(facts.dialect == Dialect::kPodman);
  CHECK(facts.version == "4.3.1");
  CHECK(facts.client_version == "4.3.1");
  CHECK(facts.runtime == "runc 1.1.5+ds1");
  CHECK(facts.kernel == "6.1.0");
  CHECK(facts.platform == "linux/amd64");
  CHECK(facts.seccomp == "/usr/share/containers/seccomp.json");
  CHECK(facts.cgroups == 1);
  CHECK(facts.network == "bridge");
  CHECK_FALSE(facts.userns_remap.has_value());
  CHECK_FALSE(facts.rootless);
}

TEST_CASE("a podman without root has another network and may have no seccomp filter") {
  const char* security = R"({"rootless":true,"seccompEnabled":false})";
  const EngineFacts old = parse_engine_facts(kPodmanVersion, podman_info(security));
  CHECK(old.rootless);
  CHECK(old.seccomp == "off");
  CHECK(old.network == "slirp4netns");
  CHECK(
      parse_engine_facts(kPodmanVersion, podman_info(security, R"("rootlessNetworkCmd":"pasta",)"))
          .network == "pasta");
}

TEST_CASE("podman's image has its id without a scheme and its health check beside its settings") {
  const ImageFacts facts = parse_image_facts(
      R"([{"Id":"8df3","RepoDigests":["localhost/x@sha256:11"],"Os":"linux","Architecture":"amd64",
      "Config":{"User":"1000"},"Healthcheck":{"Test":["CMD","/check"],"Timeout":2000000000}}])");
  CHECK(facts.id == "sha256:8df3");
  CHECK(facts.digest.empty());
  CHECK(facts.healthcheck.program == std::vector<std::string>{"/check"});
  CHECK(facts.healthcheck.timeout == std::chrono::seconds(2));
}

TEST_CASE("a start that podman refused is read from its words") {
  ContainerFacts facts;
  add_start_failure(
      "Error: unable to start container \"a\": runc: runc create failed: unable to start "
      "container process: exec: \"/x\": stat /x: no such file or directory: OCI runtime attempted "
      "to invoke a command that was not found",
      facts);
  CHECK(facts.exit_code == 127);
  CHECK(program_not_executable(facts));
}

TEST_CASE("podman's words for engine trouble do not become the program's") {
  // "OCI permission denied" and "was not found" stand in these, too.
  for (const char* words :
       {"Error: unable to start container \"a\": crun: setrlimit `RLIMIT_NOFILE`: Operation not "
        "permitted: OCI permission denied",
        "Error: unable to start container \"a\": runc: runc create failed: error mounting \"/x\": "
        "no such file or directory: OCI runtime attempted to invoke a command that was not found",
        "Error: unable to start container \"a\": cannot listen on the TCP port: address already "
        "in use"}) {
    CAPTURE(words);
    ContainerFacts facts;
    add_start_failure(words, facts);
    CHECK_FALSE(program_not_executable(facts));
  }
}

TEST_CASE("crun's words for a program that cannot be executed are known") {
  for (const char* words :
       {"Error: crun: executable file `x` not found in $PATH: No such file or directory: OCI "
        "runtime attempted to invoke a command that was not found",
        "Error: crun: open executable: Permission denied: OCI permission denied"}) {
    CAPTURE(words);
    ContainerFacts facts;
    add_start_failure(words, facts);
    CHECK(program_not_executable(facts));
  }
}

TEST_CASE(
    "F28: a container killed under a limit of memory was killed for memory, whether told or not") {
  const auto out_of_memory = [](const std::string& version, int exit_code, int memory) {
    return parse_container_facts(
               R"([{"Id":"a","State":{)" + version +
               R"("Status":"exited","Running":false,"OOMKilled":false,"ExitCode":)" +
               std::to_string(exit_code) + R"(},"HostConfig":{"Memory":)" + std::to_string(memory) +
               "}}]")
        .out_of_memory;
  };
  const std::string podman = R"("OciVersion":"1.0.2-dev",)";
  CHECK(out_of_memory(podman, 137, 20971520));
  CHECK_FALSE(out_of_memory(podman, 137, 0));
  CHECK_FALSE(out_of_memory(podman, 1, 20971520));
  CHECK(out_of_memory("", 137, 20971520));
  CHECK_FALSE(out_of_memory("", 137, 0));
}

}  // namespace
}  // namespace capmin
