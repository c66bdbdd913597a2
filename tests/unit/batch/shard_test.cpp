#include "batch/shard.h"

#include "expect_error.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace capmin {
namespace {

using Variables = std::map<std::string, std::string>;

Environment environment_of(Variables variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

std::optional<FoundShard> found_in(const Variables& variables) {
  return find_shard(environment_of(variables));
}

const std::string kNodeId = "tv00tn5be7r1ks4zp9voop4s7";

using Times = std::map<std::string, double>;

std::vector<int> split_by(const std::vector<std::string>& names, const Times& times, int count) {
  const auto seconds = [&times](const std::string& name) -> std::optional<double> {
    const auto found = times.find(name);
    if (found == times.end()) return std::nullopt;
    return found->second;
  };
  return split(names, seconds, count);
}

/// The longest time that a shard takes.
double longest(const std::vector<std::string>& names, const Times& times,
               const std::vector<int>& shards, int count) {
  std::vector<double> sums(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < names.size(); ++i) {
    sums.at(static_cast<std::size_t>(shards.at(i) - 1)) += times.at(names.at(i));
  }
  return *std::ranges::max_element(sums);
}

TEST_CASE("a shard is asked for as I/N, from 1 to N") {
  CHECK(parse_shard("1/1") == Shard{1, 1});
  CHECK(parse_shard("8/8") == Shard{8, 8});
  for (const char* const text : {"", "2", "/", "1/", "/2", "0/3", "4/3", "1/0", "1/2/3", "-1/2",
                                 " 1/2", "1/10001", "1/2 ", "a/b"}) {
    CAPTURE(text);
    CHECK(code_of([&text] { parse_shard(text); }) == ExitCode::kUsage);
  }
}

TEST_CASE("an environment without shards names none") {
  CHECK_FALSE(found_in({}));
  // GitLab sets the total to 1 for jobs that are not parallel.
  CHECK_FALSE(found_in({{"CI_NODE_TOTAL", "1"}}));
}

TEST_CASE("each platform's way to count is understood") {
  CHECK(found_in({{"JOB_COMPLETION_INDEX", "0"}, {"CAPMIN_SHARDS", "3"}})->shard == Shard{1, 3});
  CHECK(found_in({{"JOB_COMPLETION_INDEX", "2"}, {"CAPMIN_SHARDS", "3"}})->shard == Shard{3, 3});
  CHECK(found_in({{"CI_NODE_INDEX", "1"}, {"CI_NODE_TOTAL", "4"}})->shard == Shard{1, 4});
  CHECK(found_in({{"CI_NODE_INDEX", "4"}, {"CI_NODE_TOTAL", "4"}})->shard == Shard{4, 4});
  CHECK(found_in({{"CI_NODE_INDEX", "2"}, {"CAPMIN_SHARDS", "4"}})->shard == Shard{2, 4});
  CHECK(found_in({{"CI_NODE_INDEX", "2"}, {"CI_NODE_TOTAL", "4"}, {"CAPMIN_SHARDS", "4"}})->shard ==
        Shard{2, 4});
  CHECK(found_in({{"CI_NODE_INDEX", "2"}, {"CI_NODE_TOTAL", "4"}})->source == "CI_NODE_INDEX=2");
}

TEST_CASE("the slots of a swarm's job and of its service are each a shard") {
  const auto slots = [](const std::vector<std::string>& values) {
    std::vector<int> indices;
    indices.reserve(values.size());
    for (const std::string& value : values) {
      indices.push_back(
          found_in({{"CAPMIN_TASK_SLOT", value}, {"CAPMIN_SHARDS", "3"}})->shard.index);
    }
    std::ranges::sort(indices);
    return indices;
  };
  CHECK(slots({kNodeId, "1", "2"}) == std::vector{1, 2, 3});
  CHECK(slots({"0", "1", "2"}) == std::vector{1, 2, 3});
  CHECK(slots({"1", "2", "3"}) == std::vector{1, 2, 3});
}

TEST_CASE("half a shard, two shards and wrong values are refused") {
  const std::vector<Variables> wrong{
      {{"JOB_COMPLETION_INDEX", "0"}},
      {{"JOB_COMPLETION_INDEX", "0"}, {"CI_NODE_TOTAL", "3"}},
      {{"JOB_COMPLETION_INDEX", "3"}, {"CAPMIN_SHARDS", "3"}},
      {{"JOB_COMPLETION_INDEX", "-1"}, {"CAPMIN_SHARDS", "3"}},
      {{"JOB_COMPLETION_INDEX", ""}, {"CAPMIN_SHARDS", "3"}},
      {{"JOB_COMPLETION_INDEX", "0"}, {"CAPMIN_SHARDS", ""}},
      {{"JOB_COMPLETION_INDEX", "0"}, {"CAPMIN_SHARDS", "0"}},
      {{"CAPMIN_SHARDS", "3"}},
      {{"CI_NODE_INDEX", "1"}},
      {{"CI_NODE_INDEX", "0"}, {"CI_NODE_TOTAL", "3"}},
      {{"CI_NODE_INDEX", "4"}, {"CI_NODE_TOTAL", "3"}},
      {{"CI_NODE_INDEX", "1"}, {"CI_NODE_TOTAL", "3"}, {"CAPMIN_SHARDS", "4"}},
      {{"CI_NODE_INDEX", "1"},
       {"CI_NODE_TOTAL", "3"},
       {"JOB_COMPLETION_INDEX", "0"},
       {"CAPMIN_SHARDS", "3"}},
      {{"CAPMIN_TASK_SLOT", "{{.Task.Slot}}"}, {"CAPMIN_SHARDS", "3"}},
      {{"CAPMIN_TASK_SLOT", "4"}, {"CAPMIN_SHARDS", "3"}},
      {{"CAPMIN_TASK_SLOT", "1"}},
      {{"CAPMIN_TASK_SLOT", kNodeId + "x"}, {"CAPMIN_SHARDS", "3"}},
  };
  for (const Variables& variables : wrong) {
    CAPTURE(variables);
    CHECK(code_of([&variables] { found_in(variables); }) == ExitCode::kUsage);
  }
}

TEST_CASE("without times the shards have as many jobs") {
  CHECK(split_by({"a", "b", "c", "d", "e"}, {}, 3) == std::vector{1, 2, 3, 1, 2});
  CHECK(split_by({"a", "b"}, {{"a", 0}, {"b", 0}}, 2) == std::vector{1, 2});
  CHECK(split_by({"a"}, {}, 3) == std::vector{1});
}

TEST_CASE("the longest jobs go first, each to the shard that has least to do") {
  const Times times{{"a", 1}, {"b", 1}, {"c", 1}, {"d", 9}, {"e", 5}, {"f", 4}};
  CHECK(split_by({"a", "b", "c", "d", "e", "f"}, times, 2) == std::vector{1, 2, 1, 1, 2, 2});
}

TEST_CASE("a job that is new takes as long as the others in the mean") {
  CHECK(split_by({"long", "new", "short"}, {{"long", 30}, {"short", 2}}, 2) ==
        std::vector{1, 2, 2});
}

TEST_CASE("the order of the names does not matter, and no shard is longer than Graham's bound") {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    const int count = 1 + static_cast<int>(random() % 7);
    std::vector<std::string> names;
    Times times;
    for (unsigned job = 0; job < 1 + random() % 60; ++job) {
      names.push_back("job" + std::to_string(job));
      times[names.back()] = static_cast<double>(random() % 1000) / 10;
    }
    const std::vector<int> shards = split_by(names, times, count);
    double sum = 0;
    double most = 0;
    for (const auto& [name, time] : times) {
      sum += time;
      most = std::max(most, time);
    }
    // No split is shorter than this; 4/3 of the best one is promised.
    const double best = std::max(sum / count, most);
    CHECK(longest(names, times, shards, count) <= best * 2 - best / count + 0.001);
    std::vector<std::size_t> order(names.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::shuffle(order, random);
    std::vector<std::string> shuffled;
    std::vector<int> expected;
    for (const std::size_t job : order) {
      shuffled.push_back(names.at(job));
      expected.push_back(shards.at(job));
    }
    CHECK(split_by(shuffled, times, count) == expected);
  }
}

}  // namespace
}  // namespace capmin
