#include "batch/batch_run.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

TEST_CASE("without any known time nothing is estimated") {
  BatchEstimate estimate({{}, {}}, 1);
  CHECK_FALSE(estimate.seconds_left({}).has_value());
  CHECK_FALSE(estimate.seconds_left({{0, 5.0}}).has_value());
}

TEST_CASE("jobs without a time of their own take the mean") {
  BatchEstimate estimate({{}, {}, {}}, 1);
  estimate.end(0, 10, false);
  CHECK(estimate.seconds_left({}) == 20.0);
  estimate.end(1, 20, false);
  CHECK(estimate.seconds_left({}) == 15.0);
}

TEST_CASE("a job that ran before takes what it took then, less what it has run") {
  BatchEstimate estimate({{.last_seconds = 30}, {.last_seconds = 10}}, 1);
  CHECK(estimate.seconds_left({}) == 40.0);
  CHECK(estimate.seconds_left({{0, 12.0}}) == 28.0);
  CHECK(estimate.seconds_left({{0, 50.0}}) == 10.0);
}

TEST_CASE("jobs side by side share the time, but no job is shared") {
  BatchEstimate equal({{.last_seconds = 10}, {.last_seconds = 10}}, 2);
  CHECK(equal.seconds_left({}) == 10.0);
  BatchEstimate uneven({{.last_seconds = 90}, {.last_seconds = 10}}, 2);
  CHECK(uneven.seconds_left({}) == 90.0);
}

TEST_CASE("where jobs are skipped, fewer of those that may be are expected to run") {
  const BatchEstimate::Job known{.last_seconds = 10, .may_be_skipped = true};
  BatchEstimate estimate({known, known, known, known, {.last_seconds = 7}}, 1);
  CHECK(estimate.seconds_left({}) == 47.0);
  estimate.end(0, 10, true);
  CHECK(estimate.seconds_left({}) == 22.0);
}

TEST_CASE("a job that is not run takes no time") {
  BatchEstimate estimate({{.last_seconds = 10}, {.last_seconds = 10}}, 1);
  estimate.end(1);
  CHECK(estimate.seconds_left({}) == 10.0);
}

TEST_CASE("how far a batch is is told with the jobs that run") {
  const BatchState::Time begin{std::chrono::hours(1)};
  BatchState state{.estimate = BatchEstimate({{}, {.last_seconds = 42}, {}}, 2),
                   .running = {{1, {"redis", begin}}},
                   .jobs = 3,
                   .ended = 1};
  state.estimate.end(0, 10, false);
  CHECK(state.counts(begin + std::chrono::seconds(12)) ==
        "1 of 3 done, 1 running, 1 left, about 30 s");
  CHECK(state.running_text(begin + std::chrono::seconds(12)) == "redis 12 s");
}

}  // namespace
}  // namespace capmin
