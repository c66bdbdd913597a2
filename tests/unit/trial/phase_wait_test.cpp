#include "trial/phase_wait.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using namespace std::chrono_literals;

const Moment kAsked = Moment::now();
const Moment kReported{.steady = kAsked.steady + 40s, .wall = kAsked.wall + 40s};

TEST_CASE("a program's time begins when the engine says that it started, however long that took") {
  const ProgramStart start = program_start(kAsked, kReported, kAsked.wall + 39s);
  CHECK(start.earliest == kAsked.steady + 39s);
  CHECK(start.latest == start.earliest);
}

TEST_CASE("what an engine with another clock says of a start is not believed") {
  for (const auto told : {kAsked.wall - 1h, kReported.wall + 1s}) {
    const ProgramStart start = program_start(kAsked, kReported, told);
    CHECK(start.earliest == kAsked.steady);
    CHECK(start.latest == kReported.steady);
  }
  CHECK(program_start(kAsked, kReported, {}).latest == kReported.steady);
}

TEST_CASE("F26: a clock that was set back meanwhile makes no start earlier than it was asked for") {
  const Moment set_back{.steady = kAsked.steady + 1s, .wall = kAsked.wall + 40s};
  CHECK(program_start(kAsked, set_back, kAsked.wall + 2s).earliest >= kAsked.steady);
}

TEST_CASE("a time that was over stays so, though the deadline grows afterwards") {
  const Probe probe;
  std::chrono::milliseconds longest = 3s;
  const TrialDeadline deadline([&longest] { return longest; });
  ProcessRunner runner;
  Engine engine(runner, {"docker"});
  const std::stop_token stop;
  Outcome outcome;
  PhaseWait wait(probe, deadline, engine, runner, stop, outcome);
  const auto began = std::chrono::steady_clock::now() - 4s;
  wait.begin({.earliest = began, .latest = began});
  CHECK(wait.is_over());
  longest = 1h;
  CHECK(wait.is_over());
  wait.begin({.earliest = began, .latest = began});
  CHECK_FALSE(wait.is_over());
}

}  // namespace
}  // namespace capmin
