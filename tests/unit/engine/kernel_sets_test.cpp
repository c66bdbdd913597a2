#include "engine/container_process.h"

#include <doctest/doctest.h>

#include <unistd.h>

namespace capmin {
namespace {

TEST_CASE("the five words of /proc/PID/status are read") {
  const auto sets = parse_kernel_sets(
      "Name:\tx\nCapInh:\t0000000000000000\nCapPrm:\t00000000a80425fb\n"
      "CapEff:\t0000000000000001\nCapBnd:\t00000000a80425fb\nCapAmb:\t0000000000000000\n");
  REQUIRE(sets);
  CHECK(sets->bounding == docker_default_set());
  CHECK(sets->effective == CapabilitySet{Capability::kChown});
  CHECK(sets->inheritable.empty());
}

TEST_CASE("a status without all five words tells nothing") {
  CHECK_FALSE(parse_kernel_sets(""));
  CHECK_FALSE(parse_kernel_sets("CapInh:\t0\nCapPrm:\t0\nCapEff:\t0\nCapBnd:\tx\nCapAmb:\t0\n"));
}

TEST_CASE("a process outside the container's control group is not taken for the container's") {
  CHECK_FALSE(kernel_sets_of_container("no-such-control-group", ::getpid()));
  CHECK_FALSE(kernel_sets_of_container("", ::getpid()));
}

}  // namespace
}  // namespace capmin
