#include "core/container_options.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

TEST_CASE("options of capmin's own are not passed on to the engine") {
  CHECK(is_passed_on("memory"));
  CHECK(is_passed_on("env"));
  CHECK_FALSE(is_passed_on("allow"));
  CHECK_FALSE(is_passed_on("volume"));
  CHECK_FALSE(is_passed_on("privileged"));
  CHECK_FALSE(is_passed_on(""));
}

TEST_CASE("networks of the host and of other containers are shared") {
  CHECK(shares_network("host"));
  CHECK(shares_network("container:web"));
  CHECK(shares_network("ns:/run/netns/a"));
  CHECK_FALSE(shares_network(""));
  CHECK_FALSE(shares_network("bridge"));
  CHECK_FALSE(shares_network("hosting"));
}

}  // namespace
}  // namespace capmin
