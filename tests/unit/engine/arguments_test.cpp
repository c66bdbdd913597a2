#include "engine/arguments.h"

#include "text/quote.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace capmin {
namespace {

ContainerSpec nginx() {
  return {.image = "sha256:0123",
          .command = {"nginx", "-g", "daemon off;"},
          .options = {{.name = "--env", .value = "A=b c"}, {.name = "--read-only", .value = {}}},
          .volumes =
              {{.kind = Volume::Kind::kAnonymous, .source = {}, .target = "/data", .options = {}}},
          .network = {}};
}

TrialIdentity identity() {
  return {.name = "capmin-1-2",
          .labels = {{"capmin.run", "1"}},
          .grant = {Capability::kSetuid, Capability::kChown}};
}

TEST_CASE("a trial drops everything, adds its grant and makes low ports privileged") {
  CHECK(shell_quoted(create_arguments(nginx(), identity())) ==
        "create --name capmin-1-2 --pull never --label capmin.run=1 --log-driver json-file "
        "--log-opt max-size=4m --cap-drop ALL --cap-add CHOWN --cap-add SETUID "
        "--sysctl net.ipv4.ip_unprivileged_port_start=1024 "
        "--sysctl 'net.ipv4.ping_group_range=1 0' "
        "--env 'A=b c' --read-only --volume /data -- sha256:0123 nginx -g 'daemon off;'");
}

TEST_CASE("privileged ports are not asked for where they cannot be set") {
  ContainerSpec spec = nginx();
  CHECK(trial_sysctls(spec).size() == 2);
  spec.network = "none";
  CHECK(trial_sysctls(spec).size() == 2);
  spec.network = "host";
  CHECK(trial_sysctls(spec).empty());
  spec.network = "container:x";
  CHECK(trial_sysctls(spec).empty());
  spec.network = {};
  spec.ports = Ports::kEngine;
  CHECK(trial_sysctls(spec).empty());
}

TEST_CASE("processes are limited where the engine does not, unless an option says how") {
  const auto arguments = [](const ContainerSpec& spec) {
    return shell_quoted(create_arguments(spec, identity()));
  };
  ContainerSpec spec = nginx();
  CHECK(arguments(spec).find("--pids-limit") == std::string::npos);
  spec.limits_processes = true;
  CHECK(arguments(spec).find(" --pids-limit 4096 ") != std::string::npos);
  spec.options.push_back({.name = "--pids-limit", .value = "-1"});
  CHECK(arguments(spec).find("4096") == std::string::npos);
  CHECK(arguments(spec).find(" --pids-limit -1 ") != std::string::npos);
}

TEST_CASE("side by side, the engine chooses free ports of the host") {
  const auto freed = [](const char* publish) {
    ContainerSpec spec = nginx();
    spec.options = {{.name = "--publish", .value = publish}};
    free_host_ports(spec);
    return *spec.options.front().value;
  };
  CHECK(freed("80") == "80");
  CHECK(freed("8080:80") == "80");
  CHECK(freed("8080:80/udp") == "80/udp");
  CHECK(freed("127.0.0.1:8080:80") == "127.0.0.1::80");
  CHECK(freed("127.0.0.1::80") == "127.0.0.1::80");
  CHECK(freed("[::1]:8080:80") == "[::1]::80");
}

}  // namespace
}  // namespace capmin
