#include "core/planner.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using enum Capability;

Observation seen(int trial, CapabilitySet grant, Verdict verdict) {
  return {.trial = trial,
          .grant = grant,
          .verdict = verdict,
          .signature = {},
          .suspects = {},
          .traced = {}};
}

TEST_CASE("a history without a pass proves nothing") {
  CHECK_FALSE(proof_so_far({}));
  CHECK_FALSE(proof_so_far({seen(0, {kChown}, Verdict::kFailed)}));
}

TEST_CASE("what is known so far is the least risky pass and the removals that failed") {
  const auto proof = proof_so_far(
      {seen(0, docker_default_set(), Verdict::kPassed), seen(1, {kChown, kKill}, Verdict::kPassed),
       seen(2, {kChown}, Verdict::kFailed), seen(3, {kKill}, Verdict::kUndecided),
       seen(4, {kChown, kKill}, Verdict::kPassed)});
  REQUIRE(proof);
  CHECK(proof->set == CapabilitySet{kChown, kKill});
  CHECK(proof->passed == std::vector{1, 4});
  REQUIRE(proof->removals.size() == 1);
  CHECK(proof->removals.front().without == kKill);
  CHECK(proof->removals.front().trials == std::vector{2});
}

TEST_CASE("a removal that also passed once proves nothing") {
  const auto proof =
      proof_so_far({seen(0, {kChown, kKill}, Verdict::kPassed), seen(1, {kKill}, Verdict::kFailed),
                    seen(2, {kKill}, Verdict::kPassed)});
  REQUIRE(proof);
  CHECK(proof->removals.empty());
}

}  // namespace
}  // namespace capmin
