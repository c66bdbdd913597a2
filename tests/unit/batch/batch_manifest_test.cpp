#include "batch/batch_manifest.h"

#include "batch/batch_results.h"
#include "expect_error.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace capmin {
namespace {

BatchManifest sample() {
  return {.version = "1.0.0",
          .batch = "b",
          .rules = "r",
          .shards = 3,
          .held = {1, 3},
          .jobs = {{"web", 3, JobState::kRun},
                   {"db", 1, JobState::kSkipped},
                   {"late", 1, JobState::kLeft},
                   {"other", 2, JobState::kLeft}}};
}

TEST_CASE("a manifest is read back as it was written") {
  const std::string text = emit_json(document_of(sample()));
  const BatchManifest again = manifest_from_json(text, "manifest.json");
  CHECK(again.holds(1));
  CHECK_FALSE(again.holds(2));
  CHECK(again.jobs.at(1).state == JobState::kSkipped);
  CHECK(emit_json(document_of(again)) == text);
}

TEST_CASE("a manifest that contradicts itself is refused") {
  const std::pair<const char*, const char*> edits[] = {
      {"\"shards\": 3", "\"shards\": 0"},        {"\"shards\": 3", "\"shards\": 2"},
      {"\"name\": \"db\"", "\"name\": \"web\""}, {"\"name\": \"db\"", "\"name\": \"../db\""},
      {"\"name\": \"db\"", "\"name\": \"\""},    {"\"run\"", "\"done\""},
      {"    1,\n    3", "    3,\n    1"},        {"    1,\n    3", "    1"},
      {"\"split\": \"", "\"split\": \"0"},       {"\"kind\": \"", "\"kind\": \"x"},
      {"\"shard\": 2", "\"shard\": 1"},          {"\"batch\"", "\"file\""},
  };
  for (const auto& edit : edits) {
    const char* const from = edit.first;
    const char* const to = edit.second;
    CAPTURE(from);
    CAPTURE(to);
    std::string text = emit_json(document_of(sample()));
    const std::size_t place = text.find(from);
    REQUIRE(place != std::string::npos);
    text.replace(place, std::string_view(from).size(), to);
    CHECK(code_of([&text] { manifest_from_json(text, "manifest.json"); }) == ExitCode::kUsage);
  }
}

TEST_CASE("results go together where batch, version, rules and split are the same") {
  BatchManifest other = sample();
  other.held = {2};
  for (ManifestJob& job : other.jobs) {
    job.state = JobState::kLeft;
  }
  CHECK(mismatch(sample(), other).empty());
  other.jobs.at(0).shard = 2;
  CHECK(mismatch(sample(), other) == "split the jobs differently, by different times");
  other.shards = 4;
  CHECK(mismatch(sample(), other) == "are of 3 and of 4 shards");
  other.rules = "s";
  CHECK(mismatch(sample(), other) == "were found with different rules");
  other.version = "1.0.1";
  CHECK(mismatch(sample(), other).starts_with("were written by different versions"));
  other.batch = "c";
  CHECK(mismatch(sample(), other) == "are of different batch files");
}

TEST_CASE("times are read back as they were written, and nothing else is") {
  const BatchTimes times{{"a", 0}, {"b", 12.5}};
  CHECK(times_from_json(to_json(times), "times.json") == times);
  for (const char* const text :
       {"", "{}", "[]", R"({"apiVersion": "capmin/v1", "kind": "Batch", "seconds": {}})",
        R"({"apiVersion": "capmin/v1", "kind": "BatchTimes", "seconds": {"a": -1}})",
        R"({"apiVersion": "capmin/v1", "kind": "BatchTimes", "seconds": {"a": 1, "a": 2}})"}) {
    CAPTURE(text);
    CHECK(code_of([&text] { times_from_json(text, "times.json"); }) == ExitCode::kUsage);
  }
}

}  // namespace
}  // namespace capmin
