#include "profile/pod_security.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using enum Capability;

TEST_CASE("restricted admits NET_BIND_SERVICE and nothing else") {
  CHECK(pod_security_of({}) == PodSecurity::kRestricted);
  CHECK(pod_security_of({kNetBindService}) == PodSecurity::kRestricted);
  CHECK(pod_security_of({kKill}) == PodSecurity::kBaseline);
}

TEST_CASE("baseline admits Docker's default set but for NET_RAW") {
  CHECK(addable(PodSecurity::kBaseline) == docker_default_set().without(kNetRaw));
  CHECK(pod_security_of(docker_default_set()) == PodSecurity::kPrivileged);
}

TEST_CASE("privileged admits every capability") {
  CHECK(addable(PodSecurity::kPrivileged).size() == static_cast<int>(kCapabilityCount));
  CHECK(pod_security_of({kSysAdmin}) == PodSecurity::kPrivileged);
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
