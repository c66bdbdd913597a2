#include "core/capability.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

constexpr CapabilitySet kOwner{Capability::kChown, Capability::kFowner};

TEST_CASE("a set is the word that the kernel prints in /proc/PID/status") {
  CHECK(kOwner.bits() == 0b1001);
  CHECK(CapabilitySet::from_bits(0b1001) == kOwner);
}

TEST_CASE("Docker's default set has the 14 documented members") {
  CHECK(to_string(docker_default_set()) ==
        "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP "
        "SETGID SETPCAP SETUID SYS_CHROOT");
}

TEST_CASE("set algebra follows the members") {
  CHECK(kOwner.with(Capability::kKill).size() == 3);
  CHECK(kOwner.without(Capability::kChown) == CapabilitySet{Capability::kFowner});
  CHECK(kOwner.without(Capability::kKill) == kOwner);
  CHECK((kOwner | CapabilitySet{Capability::kKill}).contains(kOwner));
  CHECK_FALSE(kOwner.contains(CapabilitySet{Capability::kKill}));
  CHECK((kOwner - CapabilitySet{Capability::kChown}) == CapabilitySet{Capability::kFowner});
}

TEST_CASE("the empty set has a name") {
  CHECK(to_string(CapabilitySet{}) == "(none)");
}

TEST_CASE("one capability of a worse tier outweighs many of a better one") {
  const CapabilitySet low{Capability::kKill, Capability::kFsetid, Capability::kNetBindService};
  const CapabilitySet medium{Capability::kChown};
  const CapabilitySet high{Capability::kSysAdmin};
  CHECK(compare_risk(low, medium) < 0);
  CHECK(compare_risk(medium | low, high) < 0);
  CHECK(compare_risk(medium, medium | low) < 0);
}

TEST_CASE("the order of risk is total") {
  CHECK(compare_risk({Capability::kDacOverride}, {Capability::kDacReadSearch}) != 0);
  CHECK(compare_risk(kOwner, kOwner) == 0);
}

}  // namespace
}  // namespace capmin
