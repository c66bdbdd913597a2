#include "batch/shard_merge.h"

#include "expect_error.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace capmin {
namespace {

ShardJob job_with(const std::string& name, int exit, const std::string& at,
                  bool is_skipped = false) {
  ShardJob job;
  job.run.record.name = name;
  job.run.record.mode = JobMode::kVerify;
  job.run.record.status = exit == 0 ? ProfileStatus::kOk : ProfileStatus::kError;
  job.run.record.exit = exit;
  job.run.record.at = at;
  job.run.is_skipped = is_skipped;
  job.text = emit_json(document_of(job.run.record));
  return job;
}

/// Jobs a to f in three shards, of which `held` were run with the results `jobs`.
ShardResults part(const std::string& directory, std::vector<int> held, std::vector<ShardJob> jobs) {
  ShardResults results;
  results.directory = directory;
  results.manifest.shards = 3;
  results.manifest.held = std::move(held);
  for (int i = 0; i < 6; ++i) {
    results.manifest.jobs.push_back({std::string(1, static_cast<char>('a' + i)), i % 3 + 1, {}});
  }
  for (ShardJob& job : jobs) {
    const std::string name = job.run.record.name;
    results.jobs[name] = std::move(job);
  }
  return results;
}

std::string told(const std::vector<ShardResults>& parts) {
  const MergedShards merged = merge_shards(parts);
  std::string text = emit_json(document_of(merged.manifest)) + to_json(merged.result(), {});
  for (const std::string& line : merged.missing) {
    text += line + '\n';
  }
  return text;
}

TEST_CASE("shards that are all there are one batch") {
  const MergedShards merged = merge_shards({
      part("2", {2}, {job_with("b", 0, "1"), job_with("e", 3, "1")}),
      part("1", {1}, {job_with("a", 0, "1"), job_with("d", 0, "1", true)}),
      part("3", {3}, {job_with("c", 0, "1"), job_with("f", 0, "1")}),
  });
  CHECK(merged.missing.empty());
  CHECK(merged.manifest.shards == 1);
  CHECK(merged.manifest.held == std::vector{1});
  const BatchResult result = merged.result();
  REQUIRE(result.jobs.size() == 6);
  CHECK(result.jobs.at(3).record.name == "d");
  CHECK(result.jobs.at(3).is_skipped);
  CHECK(exit_of(result, {}) == 3);
}

TEST_CASE("shards that are not there, or not all, are named") {
  const MergedShards merged = merge_shards({part("1", {1, 2}, {job_with("a", 0, "1")})});
  CHECK(merged.missing == std::vector<std::string>{"shard 1 of 3 did not come to its end: d",
                                                   "shard 2 of 3 did not come to its end: b, e",
                                                   "shard 3 of 3 is missing: c, f"});
  CHECK(merged.manifest.shards == 3);
  CHECK(exit_of(merged.result(), {}) == 7);
}

TEST_CASE("a result replaces what may go better elsewhere, and contradicts another one") {
  const ShardResults failed = part("failed", {1}, {job_with("a", 5, "9")});
  const ShardResults good = part("good", {1}, {job_with("a", 0, "1")});
  const ShardResults later = part("later", {1}, {job_with("a", 0, "2")});
  const ShardResults bad = part("bad", {1}, {job_with("a", 3, "3")});
  CHECK(merge_shards({failed, good}).jobs.at("a").run.record.exit == 0);
  CHECK(merge_shards({good, failed}).jobs.at("a").run.record.exit == 0);
  CHECK(merge_shards({later, good, failed}).jobs.at("a").run.record.at == "2");
  CHECK(code_of([&] { merge_shards({good, bad}); }) == ExitCode::kUsage);
  CHECK(code_of([&] { merge_shards({bad, failed, good}); }) == ExitCode::kUsage);
}

TEST_CASE("who ran a job knows more than who found it done") {
  const ShardResults ran = part("ran", {1}, {job_with("a", 0, "1")});
  const ShardResults skipped = part("skipped", {1}, {job_with("a", 0, "1", true)});
  CHECK_FALSE(merge_shards({skipped, ran}).jobs.at("a").run.is_skipped);
  CHECK_FALSE(merge_shards({ran, skipped}).jobs.at("a").run.is_skipped);
}

TEST_CASE("neither order nor repetition of the parts matters") {
  std::mt19937 random(11);
  for (int round = 0; round < 300; ++round) {
    std::vector<ShardResults> parts;
    for (unsigned i = 0; i < 1 + random() % 5; ++i) {
      const int shard = static_cast<int>(random() % 3) + 1;
      std::vector<ShardJob> jobs;
      for (const int job : {shard - 1, shard + 2}) {
        const unsigned kind = random() % 4;
        if (kind == 0) continue;
        jobs.push_back(job_with(std::string(1, static_cast<char>('a' + job)),
                                kind == 1 ? 5 + static_cast<int>(random() % 4) : 0,
                                std::to_string(random() % 3), kind == 3));
      }
      parts.push_back(part(std::to_string(i), {shard}, std::move(jobs)));
    }
    const std::string expected = told(parts);
    std::vector<ShardResults> shuffled = parts;
    shuffled.insert(shuffled.end(), parts.begin(), parts.end());
    std::ranges::shuffle(shuffled, random);
    CHECK(told(shuffled) == expected);
  }
}

}  // namespace
}  // namespace capmin
