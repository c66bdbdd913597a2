#include "core/seccomp.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using enum Capability;

TEST_CASE("calls that Docker's filter opens, keeps closed and does not refuse are told apart") {
  CHECK(opens_in_seccomp("mount") == CapabilitySet{kSysAdmin});
  CHECK(opens_in_seccomp("bpf") == CapabilitySet{kSysAdmin, kBpf});
  CHECK(opens_in_seccomp("keyctl") == CapabilitySet{});
  CHECK_FALSE(opens_in_seccomp("chown"));
  CHECK(least_opening_seccomp("chroot") == kSysChroot);
  CHECK(least_opening_seccomp("syslog") == kSyslog);
  CHECK_FALSE(least_opening_seccomp("keyctl"));
  CHECK_FALSE(least_opening_seccomp("chown"));
}

TEST_CASE("a refused call is explained by the grant that opens the filter") {
  CHECK(seccomp_sentence({"mount", "umount2"}) ==
        "Docker's default seccomp filter refuses mount and umount2 before the kernel looks at "
        "capabilities; granting SYS_ADMIN opens the filter, too");
  CHECK(seccomp_sentence({"perf_event_open"}).find("granting PERFMON or SYS_ADMIN opens") !=
        std::string::npos);
}

TEST_CASE("a call that no grant opens is explained by the option that permits it") {
  CHECK(seccomp_sentence({"add_key", "keyctl", "request_key"}) ==
        "Docker's default seccomp filter refuses add_key, keyctl and request_key whatever is "
        "granted; only --security-opt seccomp=PROFILE permits them");
  CHECK(seccomp_sentence({"pivot_root", "mount"}).find("PROFILE permits it") != std::string::npos);
}

TEST_CASE("no call, no sentence") {
  CHECK(seccomp_sentence({}).empty());
}

}  // namespace
}  // namespace capmin
