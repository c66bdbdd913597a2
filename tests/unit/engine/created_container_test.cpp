#include "engine/created_container.h"

#include "expect_error.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace capmin {
namespace {

using Words = std::vector<std::string>;

/// What an engine printed of a container, a file of tests/replies.
CreatedContainer recorded(const std::string& name) {
  std::ifstream file(std::string(CAPMIN_TEST_DATA) + "/replies/" + name);
  REQUIRE(file);
  return parse_created_container(std::string(std::istreambuf_iterator<char>(file), {}));
}

/// Each option as one text.
Words texts_of(const CreatedContainer& container) {
  Words words;
  for (const EngineOption& option : container.options) {
    words.push_back(option.name + (option.value ? ' ' + *option.value : ""));
  }
  std::ranges::sort(words);
  return words;
}

Words volumes_of(const CreatedContainer& container) {
  Words words;
  for (const Volume& volume : container.volumes) {
    words.push_back(to_argument(volume));
  }
  std::ranges::sort(words);
  return words;
}

TEST_CASE("docker 20.10: every option of a container's creation is read") {
  const CreatedContainer web = recorded("docker-container.json");
  CHECK(web.self.name == "web");
  CHECK(web.image_name == "capmin-test-busybox");
  CHECK(web.self.image.starts_with("sha256:e204"));
  CHECK_FALSE(web.running);
  CHECK(web.user == "1000:100");
  CHECK(web.working_directory == "/tmp");
  CHECK(web.stop_signal == "INT");
  CHECK(web.entrypoint == Words{"/bin/sh"});
  CHECK(web.command == Words{"-c", "sleep 300"});
  CHECK(web.variables == Words{"PATH=/x", "SECRET=hunter2", "MULTI=a\nb"});
  CHECK(web.added == Words{"CAP_NET_ADMIN"});
  CHECK(web.network == "front");
  CHECK(web.further_networks == Words{"front2"});
  CHECK(volumes_of(web) == Words{"/anon", "/srv/data:/host", "/srv/ro:/bm:ro", "/srv/ro:/ro:ro",
                                 "data2:/m", "data:/data"});
  CHECK(texts_of(web) == Words{"--add-host db:10.0.0.1",
                               "--cpus=0.500",
                               "--device /dev/null:/dev/xnull:r",
                               "--device /dev/zero",
                               "--dns-option=ndots:2",
                               "--dns-search=x.org",
                               "--dns=1.1.1.1",
                               "--domainname=example.org",
                               "--group-add=5",
                               "--hostname web",
                               "--init",
                               "--memory 67108864",
                               "--pids-limit 50",
                               "--publish 127.0.0.1::53/udp",
                               "--publish 80",
                               "--publish 90",
                               "--read-only",
                               "--security-opt apparmor=unconfined",
                               "--security-opt no-new-privileges",
                               "--shm-size 33554432",
                               "--sysctl net.ipv4.ip_forward=1",
                               "--tmpfs /run:size=1m",
                               "--tmpfs /tm:size=1000000",
                               "--tty",
                               "--ulimit nofile=64:128",
                               "--ulimit nproc=50:50"});
}

TEST_CASE("podman 4.3: every option of a container's creation is read, and none of podman's own") {
  const CreatedContainer web = recorded("podman-container.json");
  CHECK(web.self.name == "web");
  CHECK(web.image_name == "localhost/capmin-test-busybox:latest");
  CHECK(web.self.image.starts_with("sha256:e204"));
  CHECK(web.user == "1000:100");
  CHECK(web.entrypoint == Words{"/bin/sh"});
  CHECK(web.command == Words{"-c", "sleep 300"});
  CHECK(web.variables ==
        Words{"MULTI=a\nb", "SECRET=hunter2",
              "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"});
  CHECK(web.network.empty());
  CHECK(volumes_of(web) == Words{"/anon", "/srv/data:/host", "/srv/ro:/ro:ro", "data:/data"});
  CHECK(texts_of(web) ==
        Words{"--add-host db:10.0.0.1", "--device /dev/null:/dev/xnull", "--dns=1.1.1.1",
              "--group-add=5", "--hostname web", "--memory 67108864", "--pids-limit 50",
              "--publish 127.0.0.1::53/udp", "--publish 80", "--read-only",
              "--security-opt apparmor=unconfined", "--security-opt no-new-privileges",
              "--shm-size 33554432", "--sysctl net.ipv4.ip_forward=1", "--tmpfs /run:size=1m",
              "--tty", "--ulimit nofile=64:128"});
}

TEST_CASE("a container that was given nothing has no options, whatever engines add by themselves") {
  for (const char* const name : {"docker-plain.json", "podman-plain.json"}) {
    CAPTURE(name);
    const CreatedContainer plain = recorded(name);
    CHECK(texts_of(plain).empty());
    CHECK(plain.volumes.empty());
    CHECK(plain.network.empty());
    CHECK(plain.further_networks.empty());
    CHECK(plain.entrypoint.empty());
    CHECK(plain.command == Words{"sleep", "300"});
    for (const std::string& mode :
         {plain.pid_mode, plain.ipc_mode, plain.uts_mode, plain.userns_mode}) {
      CHECK(mode.empty());
    }
  }
}

TEST_CASE(
    "podman's entrypoint of several words and its read-only root are told as they were given") {
  const CreatedContainer container = recorded("podman-read-only.json");
  CHECK(container.entrypoint == Words{"/bin/sh", "-e"});
  CHECK(container.command == Words{"-c", "sleep 300"});
  CHECK(texts_of(container) == Words{"--read-only", "--tmpfs /x"});
}

CreatedContainer with_host(const std::string& host, const std::string& networks = "{}") {
  return parse_created_container(
      R"([{"Id":"c0ffee","State":{"Running":true,"Pid":42},"Config":{"Hostname":"box"},"HostConfig":{)" +
      host + R"(},"NetworkSettings":{"Networks":)" + networks + "}}]");
}

TEST_CASE("what a trial cannot have is read") {
  const CreatedContainer container = with_host(
      R"("Privileged":true,"PidMode":"host","IpcMode":"container:x","UTSMode":"host",
      "UsernsMode":"host","SecurityOpt":["label=disable","seccomp={\"a\":1}"],
      "DeviceRequests":[{"Count":-1}],"Links":["/db:/web/base"],"Runtime":"runsc")");
  CHECK(container.running);
  CHECK(container.pid == 42);
  CHECK(container.privileged);
  CHECK(container.has_device_requests);
  CHECK(container.pid_mode == "host");
  CHECK(container.ipc_mode == "container:x");
  CHECK(container.uts_mode == "host");
  CHECK(container.userns_mode == "host");
  CHECK(container.seccomp_document == "{\"a\":1}");
  CHECK(texts_of(container) == Words{"--link=db:base", "--runtime=runsc"});
}

TEST_CASE("a network is the one of the creation, and others are further ones") {
  CHECK(with_host(R"("NetworkMode":"host")", R"({"host":{}})").network == "host");
  CHECK(with_host(R"("NetworkMode":"none")", R"({"none":{}})").network == "none");
  CHECK(with_host(R"("NetworkMode":"container:x")").network == "container:x");
  const CreatedContainer joined =
      with_host(R"("NetworkMode":"default")", R"({"bridge":{},"back":{}})");
  CHECK(joined.network.empty());
  CHECK(joined.further_networks == Words{"back"});
  const CreatedContainer podman = parse_created_container(
      R"([{"Id":"c0","ImageName":"x","State":{},"HostConfig":{"NetworkMode":"bridge"},
      "NetworkSettings":{"Networks":{"back":{}}}}])");
  CHECK(podman.network == "back");
  CHECK(podman.further_networks.empty());
}

TEST_CASE("a host name is told where it was given by hand") {
  CHECK(texts_of(with_host("")) == Words{"--hostname box"});
  CHECK(texts_of(with_host(R"("NetworkMode":"host")")).empty());
  CHECK(texts_of(with_host(R"("UTSMode":"host")")).empty());
}

TEST_CASE("F14: a description that is none is engine trouble") {
  for (const char* reply : {"", "[]", "{}", "[1]", "[{}]", "not json", "[{},{}]"}) {
    CAPTURE(reply);
    CHECK(code_of([reply] { parse_created_container(reply); }) == ExitCode::kEngine);
  }
  // Members of other kinds than expected are as good as none.
  CHECK(parse_created_container(R"([{"State":{},"Config":7,"HostConfig":[],"Mounts":{},
      "NetworkSettings":null}])")
            .options.empty());
}

}  // namespace
}  // namespace capmin
