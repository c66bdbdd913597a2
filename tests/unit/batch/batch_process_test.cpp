#include "batch/batch_process.h"

#include "cli/commands.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>

namespace capmin {
namespace {

using Ending = ProcessResult::Ending;

BatchJob job() {
  BatchJob job;
  job.name = "web";
  job.profile = "web.yaml";
  job.options = VerifyOptions{};
  return job;
}

ProcessResult ended(Ending ending, int status, const std::string& out = "",
                    const std::string& err = "") {
  return {.ending = ending, .status = status, .out = out, .err = err, .failure = {}};
}

/// The exit status of the job's record.
int exit_after(const ProcessResult& result) {
  const auto run = run_of(job(), result, false);
  REQUIRE(run.has_value());
  CHECK(run->record.name == "web");
  CHECK(run->record.mode == JobMode::kVerify);
  CHECK(run->record.status == ProfileStatus::kError);
  return run->record.exit;
}

TEST_CASE("the answer of a job's process is taken over") {
  JobRun run;
  run.record.name = "web";
  run.record.status = ProfileStatus::kLoose;
  run.record.exit = 1;
  run.record.mode = JobMode::kVerify;
  for (const bool is_skipped : {false, true}) {
    run.is_skipped = is_skipped;
    const auto read = run_of(job(), ended(Ending::kExited, 0, answer_of(run)), false);
    REQUIRE(read.has_value());
    CHECK(read->record.status == ProfileStatus::kLoose);
    CHECK(read->is_skipped == is_skipped);
  }
}

TEST_CASE("a process without a whole answer is a fault of ours") {
  JobRun run;
  const std::string answer = answer_of(run);
  CHECK(exit_after(ended(Ending::kExited, 0)) == 10);
  CHECK(exit_after(ended(Ending::kExited, 0, answer.substr(0, answer.size() / 2))) == 10);
  CHECK(exit_after(ended(Ending::kExited, 1, answer)) == 10);
  CHECK(exit_after(ended(Ending::kSignaled, SIGSEGV)) == 10);
}

TEST_CASE("what may go better elsewhere says so") {
  CHECK(exit_after(ended(Ending::kSignaled, SIGKILL)) == 5);
  CHECK(exit_after(ended(Ending::kExited, 143)) == 5);
  CHECK(exit_after(ended(Ending::kNotStarted, -1)) == 5);
  CHECK(exit_after(ended(Ending::kDeadline, -1)) == 7);
}

TEST_CASE("the error that a process ended with is that of the job") {
  const auto run = run_of(
      job(), ended(Ending::kExited, 2, "", "error: first\nerror: the job is gone\n  hint: x\n"),
      false);
  REQUIRE(run.has_value());
  CHECK(run->record.exit == 2);
  CHECK(run->record.text == "the job is gone");
}

TEST_CASE("a job that was stopped has no result, one that ended meanwhile has") {
  CHECK_FALSE(run_of(job(), ended(Ending::kExited, 143), true).has_value());
  CHECK_FALSE(run_of(job(), ended(Ending::kStopped, -1), true).has_value());
  CHECK(run_of(job(), ended(Ending::kExited, 0, answer_of({})), true).has_value());
}

TEST_CASE("a job's process gets the batch's options and the time that is left") {
  BatchOptions options;
  options.file = "-night.yml";
  options.results = "out";
  options.force = true;
  const auto argv = job_process(options, "web", std::chrono::milliseconds(1500)).argv;
  const auto has = [&argv](const std::string& word) {
    return std::ranges::find(argv, word) != argv.end();
  };
  CHECK(has("--only=web"));
  CHECK(has("--results=out"));
  CHECK(has("--force"));
  CHECK(has("--deadline=1500ms"));
  const std::vector<std::string> arguments(argv.begin() + 2, argv.end());
  const BatchOptions read = parse_batch_options(arguments);
  CHECK(read.file == "-night.yml");
  CHECK(read.only == std::vector<std::string>{"web"});
}

TEST_CASE("a deadline of days reaches the job's process") {
  BatchOptions options;
  options.file = "night.yml";
  options.results = "out";
  const auto argv = job_process(options, "web", std::chrono::hours(48)).argv;
  const std::vector<std::string> arguments(argv.begin() + 2, argv.end());
  CHECK(parse_batch_options(arguments).deadline == std::chrono::hours(48));
}

}  // namespace
}  // namespace capmin
