#include "judged_search.h"
#include "trial/harmless_evidence.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace capmin {
namespace {

/// The first failure of a search whose trials leave what `leave` adds to their outcome.
template <typename Leave>
FinishedTrial first_failure(Leave leave) {
  const SearchResult result = searched([leave](int, CapabilitySet grant, auto, const auto&) {
    Outcome outcome = judged(grant);
    leave(outcome);
    return outcome;
  });
  return *std::ranges::find(result.trials, Verdict::kFailed,
                            [](const FinishedTrial& trial) { return trial.outcome.verdict; });
}

FinishedTrial failure_with_logs(const std::string& passed, const std::string& failed) {
  return first_failure([&](Outcome& outcome) {
    outcome.log = outcome.verdict == Verdict::kPassed ? passed : failed;
  });
}

TEST_CASE("where no rule knows a line, the last one that no passing trial printed is the clue") {
  const FinishedTrial trial =
      failure_with_logs("2026-01-02 10:00:00 begin\nready\nstopping\n",
                        "2026-01-02 11:00:00 begin\n10:00:01 worker 7 gave up\nstopping\n");
  REQUIRE(last_line(trial) != nullptr);
  CHECK(last_line(trial)->line == "worker 7 gave up");
  CHECK(last_line(trial)->suspects.empty());
}

TEST_CASE("a log that says nothing new gives no clue") {
  CHECK(last_line(failure_with_logs("begin\nready\n", "begin\n")) == nullptr);
  CHECK(last_line(failure_with_logs("", "")) == nullptr);
}

TEST_CASE("a program that is silent while it works is heard when it fails") {
  CHECK(last_line(failure_with_logs("", "gave up\n"))->line == "gave up");
}

}  // namespace
}  // namespace capmin
