#include "run/run_tracer.h"

#include "trial/journal.h"

#include <doctest/doctest.h>

#include <optional>

namespace capmin {
namespace {

FinishedTrial traced(std::uint64_t lost) {
  FinishedTrial trial;
  trial.number = 7;
  trial.outcome.trace =
      Trace{.checks = {{Capability::kChown, CheckResult::kGranted, "chown", "d", 1}}, .lost = lost};
  return trial;
}

TEST_CASE("what a full map could not hold is said, with the trial") {
  CHECK(told_loss(traced(12)) ==
        "evidence from the kernel is incomplete: 12 checks or processes of trial 7 could not be "
        "noted");
}

TEST_CASE("nothing is said where nothing was lost, or nobody looked") {
  CHECK(told_loss(traced(0)) == std::nullopt);
  CHECK(told_loss(FinishedTrial{}) == std::nullopt);
}

TEST_CASE("a journal keeps how much of a trace was lost") {
  const std::optional<FinishedTrial> read = trial_from_record(to_record(traced(12)));
  REQUIRE(read);
  CHECK(told_loss(*read) == told_loss(traced(12)));
}

TEST_CASE("a trace of which something was lost speaks for what it shows as any other does") {
  CHECK(belief_of(*traced(12).outcome.trace) == belief_of(*traced(0).outcome.trace));
}

}  // namespace
}  // namespace capmin
