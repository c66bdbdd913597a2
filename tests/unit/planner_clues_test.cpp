#include "core/planner.h"
#include "unit/oracle.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

TEST_CASE("with right clues a search takes two trials for each member and one more") {
  for (int size = 0; size <= 6; ++size) {
    CapabilitySet needed;
    for (int i = 0; i < size; ++i) {
      needed = needed.with(docker_default_set().members()[static_cast<std::size_t>(i * 2)]);
    }
    Policy policy;
    policy.ceiling = docker_default_set();
    const Run run = run_search(policy, needing(needed, policy.ceiling, Clues::kRight, 7));
    REQUIRE(std::holds_alternative<Minimal>(run.end));
    CHECK(std::get<Minimal>(run.end).proof.set == needed);
    CHECK(run.history.size() == static_cast<std::size_t>(size == 0 ? 2 : 2 * size + 1));
  }
}

}  // namespace
}  // namespace capmin
