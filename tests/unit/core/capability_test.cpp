#include "core/capability.h"

#include <doctest/doctest.h>

#include <set>

namespace capmin {
namespace {

TEST_CASE("every row of the capability table stands at its bit number") {
  std::set<std::string_view> names;
  for (std::size_t bit = 0; bit < kCapabilityCount; ++bit) {
    CHECK(static_cast<std::size_t>(all_capabilities().at(bit).capability) == bit);
    names.insert(all_capabilities().at(bit).name);
  }
  CHECK(names.size() == kCapabilityCount);
}

TEST_CASE("a capability is found by its name in any case, with or without CAP_") {
  CHECK(capability_named("NET_BIND_SERVICE") == Capability::kNetBindService);
  CHECK(capability_named("cap_net_bind_service") == Capability::kNetBindService);
  CHECK(capability_named("Checkpoint_Restore") == Capability::kCheckpointRestore);
}

TEST_CASE("a name that no capability has is not guessed at") {
  CHECK_FALSE(capability_named("NET_BIND"));
  CHECK_FALSE(capability_named(""));
  CHECK_FALSE(capability_named("CAP_"));
  CHECK_FALSE(capability_named("CHOWN "));
}

TEST_CASE("capabilities that reach the host's own state must be allowed by name") {
  for (const char* name : {"SYS_MODULE", "SYS_RAWIO", "SYS_BOOT", "MAC_ADMIN", "MAC_OVERRIDE"}) {
    CHECK(info(*capability_named(name)).by_name_only);
    CHECK(info(*capability_named(name)).risk == Risk::kHigh);
  }
}

}  // namespace
}  // namespace capmin
