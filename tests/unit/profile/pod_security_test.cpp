#include "profile/platform.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using enum Capability;

/// The profile of a container that has everything "restricted" asks for.
Profile restricted_profile() {
  Profile profile;
  profile.image.user = "1000:1000";
  profile.environment.seccomp = "default";
  profile.environment.options = {"--security-opt no-new-privileges"};
  return profile;
}

PodSecurity level_of(CapabilitySet add) {
  return pod_security_of(restricted_profile(), add).level;
}

PodSecurity level_with(const std::string& option) {
  Profile profile = restricted_profile();
  profile.environment.options.push_back(option);
  return pod_security_of(profile, {}).level;
}

TEST_CASE("restricted admits NET_BIND_SERVICE and nothing else") {
  CHECK(level_of({}) == PodSecurity::kRestricted);
  CHECK(level_of({kNetBindService}) == PodSecurity::kRestricted);
  CHECK(level_of({kKill}) == PodSecurity::kBaseline);
}

TEST_CASE("baseline admits Docker's default set but for NET_RAW") {
  CHECK(addable(PodSecurity::kBaseline) == docker_default_set().without(kNetRaw));
  CHECK(level_of(docker_default_set()) == PodSecurity::kPrivileged);
}

TEST_CASE("privileged admits every capability") {
  CHECK(addable(PodSecurity::kPrivileged).size() == static_cast<int>(kCapabilityCount));
  CHECK(level_of({kSysAdmin}) == PodSecurity::kPrivileged);
}

TEST_CASE("restricted asks for more than capabilities, and says what was not in force") {
  Profile profile = restricted_profile();
  profile.environment.options.clear();
  CHECK(pod_security_of(profile, {}).level == PodSecurity::kBaseline);
  CHECK(restricted_lacks(pod_security_of(profile, {kKill})) ==
        "refuses KILL and asks for no-new-privileges (allowPrivilegeEscalation: false)");
  for (const char* const user : {"", "0", "root", "0:33", "www-data"}) {
    CAPTURE(user);
    profile = restricted_profile();
    profile.image.user = user;
    CHECK(pod_security_of(profile, {}).level == PodSecurity::kBaseline);
  }
  for (const char* const filter : {"off", "unconfined", "/etc/docker/own.json", ""}) {
    CAPTURE(filter);
    profile = restricted_profile();
    profile.environment.seccomp = filter;
    CHECK(pod_security_of(profile, {}).level == PodSecurity::kBaseline);
  }
  CHECK(level_with("--security-opt seccomp=own.json") == PodSecurity::kBaseline);
  CHECK(level_with("--security-opt seccomp=builtin") == PodSecurity::kRestricted);
  CHECK(level_with("--security-opt no-new-privileges:false") == PodSecurity::kBaseline);
}

TEST_CASE("baseline refuses more than capabilities") {
  for (const char* const option :
       {"--security-opt seccomp=unconfined", "--security-opt apparmor=unconfined",
        "--security-opt label=type:spc_t", "--sysctl net.core.somaxconn=1024",
        "--volume /srv:/data"}) {
    CAPTURE(option);
    CHECK(level_with(option) == PodSecurity::kPrivileged);
  }
  for (const char* const option :
       {"--sysctl net.ipv4.ip_unprivileged_port_start=0", "--volume data:/data", "--volume /data",
        "--tmpfs /run", "--read-only", "--security-opt label=type:container_t"}) {
    CAPTURE(option);
    CHECK(level_with(option) == PodSecurity::kRestricted);
  }
  Profile profile = restricted_profile();
  profile.environment.network = "host";
  CHECK(pod_security_of(profile, {}).level == PodSecurity::kPrivileged);
}

TEST_CASE("root has several names") {
  for (const char* const user : {"", "root", "0", "0:0", "root:www", ":33", "00"}) {
    CAPTURE(user);
    CHECK(is_root(user));
  }
  for (const char* const user : {"33", "www-data", "1000:0", "rooty", "10"}) {
    CAPTURE(user);
    CHECK_FALSE(is_root(user));
  }
}

}  // namespace
}  // namespace capmin
