#include "batch/batch_run.h"

#include <doctest/doctest.h>

#include <vector>

namespace capmin {
namespace {

using Jobs = std::vector<std::size_t>;

/// All jobs that may run side by side now, in the order in which they start.
Jobs start_all(BatchSchedule& schedule) {
  Jobs started;
  while (const auto job = schedule.start_next()) {
    started.push_back(*job);
  }
  return started;
}

bool none_shares(std::size_t /*job*/) {
  return false;
}

TEST_CASE("jobs that share nothing start in the order of the file") {
  BatchSchedule schedule({{"a", true}, {"b", true}, {"c", false}}, none_shares);
  CHECK(start_all(schedule) == Jobs{0, 1, 2});
}

TEST_CASE("verifications of one profile run side by side") {
  BatchSchedule schedule({{"a", false}, {"a", false}}, none_shares);
  CHECK(start_all(schedule) == Jobs{0, 1});
}

TEST_CASE("a job waits for the earlier one that writes its profile, and lets others pass") {
  BatchSchedule schedule({{"a", true}, {"a", false}, {"b", false}}, none_shares);
  CHECK(start_all(schedule) == Jobs{0, 2});
  schedule.end(2);
  CHECK(start_all(schedule).empty());
  schedule.end(0);
  CHECK(start_all(schedule) == Jobs{1});
}

TEST_CASE("a job that writes a profile waits for the earlier one that reads it") {
  BatchSchedule schedule({{"a", false}, {"a", true}, {"a", false}}, none_shares);
  CHECK(start_all(schedule) == Jobs{0});
  schedule.end(0);
  CHECK(start_all(schedule) == Jobs{1});
  schedule.end(1);
  CHECK(start_all(schedule) == Jobs{2});
}

TEST_CASE("of jobs that share something one runs at a time, beside all others") {
  BatchSchedule schedule({{"a", false}, {"b", false}, {"c", false}, {"d", false}},
                         [](std::size_t job) { return job != 1; });
  CHECK(start_all(schedule) == Jobs{0, 1});
  schedule.end(1);
  CHECK(start_all(schedule).empty());
  schedule.end(0);
  CHECK(start_all(schedule) == Jobs{2});
  schedule.end(2);
  CHECK(start_all(schedule) == Jobs{3});
}

TEST_CASE("whether a job shares something is asked once, and not before its profile may be there") {
  std::vector<int> asked(3);
  BatchSchedule schedule({{"a", true}, {"a", false}, {"b", false}}, [&asked](std::size_t job) {
    ++asked.at(job);
    return true;
  });
  start_all(schedule);
  CHECK(asked == std::vector<int>{1, 0, 1});
  schedule.end(0);
  start_all(schedule);
  schedule.end(1);
  start_all(schedule);
  CHECK(asked == std::vector<int>{1, 1, 1});
}

}  // namespace
}  // namespace capmin
