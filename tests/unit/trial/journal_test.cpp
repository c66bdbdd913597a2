#include "trial/journal.h"

#include "expect_error.h"
#include "scratch.h"
#include "system/file.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using Mode = Journal::Mode;

const SearchFacts kFacts{{"image", "sha256:1"}, {"options", "abc"}};

FinishedTrial trial(int number) {
  FinishedTrial trial;
  trial.number = number;
  trial.request = {.grant = {Capability::kChown}, .purpose = Purpose::kProve, .subject = {}};
  trial.outcome.verdict = Verdict::kFailed;
  trial.outcome.ending = Ending::kExited;
  trial.outcome.exit_code = 3;
  trial.outcome.seconds = 0.1 + number;
  trial.clues = {{.rule = "chown",
                  .line = "chown(\"/x\")\n\x01 fa\xc3\xafled",
                  .suspects = {{Capability::kChown}},
                  .reason = "r",
                  .check = "c",
                  .alternative = "a",
                  .vague = true,
                  .program = {},
                  .seccomp = {"mount"}}};
  trial.observation = {.trial = number,
                       .grant = trial.request.grant,
                       .verdict = Verdict::kFailed,
                       .signature = "exit 3",
                       .suspects = {{Capability::kChown}},
                       .traced = {}};
  return trial;
}

std::vector<int> numbers(const Journal& journal) {
  std::vector<int> numbers;
  for (const FinishedTrial& known : journal.known())
    numbers.push_back(known.number);
  return numbers;
}

TEST_CASE("a trial comes back from its record as the planner and the profile saw it") {
  const FinishedTrial before = trial(7);
  const auto after = trial_from_record(to_record(before));
  REQUIRE(after);
  CHECK(after->number == 7);
  CHECK(after->request == before.request);
  CHECK(after->observation == before.observation);
  CHECK(after->outcome.exit_code == before.outcome.exit_code);
  CHECK(after->outcome.seconds == before.outcome.seconds);
  CHECK(after->clues.front().line == before.clues.front().line);
  CHECK(to_record(*after) == to_record(before));
}

TEST_CASE("what was asked of the kernel and printed comes back from a record") {
  FinishedTrial before = trial(7);
  before.outcome.trace =
      Trace{.checks = {{Capability::kChown, CheckResult::kHard, "chown", "d", 2}},
            .lost = 1,
            .requests = {{.call = "capset",
                          .process = "d",
                          .asked = {Capability::kKill, Capability::kChown},
                          .held = {Capability::kChown},
                          .is_given = false,
                          .count = 3}}};
  before.harmless_lines = {1, 18446744073709551615U};
  const auto after = trial_from_record(to_record(before));
  REQUIRE(after);
  CHECK(after->outcome.trace == before.outcome.trace);
  CHECK(after->harmless_lines == before.harmless_lines);
}

TEST_CASE("a record with any byte changed is no record") {
  const std::string record = to_record(trial(7));
  for (std::size_t i = 0; i < record.size(); ++i) {
    std::string damaged = record;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    const auto read = trial_from_record(damaged);
    CHECK_FALSE((read && to_record(*read) != record));
  }
}

TEST_CASE("what the container printed is not written down") {
  FinishedTrial loud = trial(1);
  loud.outcome.log = "password=hunter2";
  loud.outcome.probe_output = "password=hunter2";
  CHECK(to_record(loud).find("hunter2") == std::string::npos);
}

TEST_CASE("a resumed journal knows the trials of the earlier run") {
  const Scratch scratch;
  {
    Journal journal(scratch.path / "j", kFacts, Mode::kStart);
    journal.add(trial(0));
    journal.add(trial(1));
  }
  {
    Journal journal(scratch.path / "j", kFacts, Mode::kResume);
    CHECK(numbers(journal) == std::vector{0, 1});
    journal.add(trial(2));
  }
  CHECK(numbers(Journal(scratch.path / "j", kFacts, Mode::kResume)) == std::vector{0, 1, 2});
}

TEST_CASE("F24: a journal cut at any byte resumes with the whole lines before") {
  const Scratch scratch;
  const auto path = scratch.path / "j";
  {
    Journal journal(path, kFacts, Mode::kStart);
    journal.add(trial(0));
    journal.add(trial(1));
  }
  const std::string whole = read_file(path);
  const std::size_t first = whole.find('\n') + 1;
  const std::size_t second = whole.find('\n', first) + 1;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write_file(path, whole.substr(0, size));
    Journal journal(path, kFacts, Mode::kResume);
    CHECK(journal.known().size() == (size < second ? 0U : 1U));
    journal.add(trial(9));
    CHECK(read_file(path).ends_with(to_record(trial(9)) + '\n'));
  }
}

TEST_CASE("a journal that knows a fact which the search has not is refused, too") {
  const Scratch scratch;
  SearchFacts more = kFacts;
  more.emplace_back("evidence", "strace");
  Journal(scratch.path / "j", more, Mode::kStart).add(trial(1));
  const auto error =
      error_of([&] { const Journal journal(scratch.path / "j", kFacts, Mode::kResume); });
  REQUIRE(error);
  CHECK(std::string(error->what()).find("the evidence differs") != std::string::npos);
}

TEST_CASE("F25: a journal of another search is refused, with the fact that differs") {
  const Scratch scratch;
  { const Journal journal(scratch.path / "j", kFacts, Mode::kStart); }
  const auto error = error_of([&] {
    const Journal journal(scratch.path / "j", {{"image", "sha256:2"}, {"options", "abc"}},
                          Mode::kResume);
  });
  REQUIRE(error);
  CHECK(error->code() == ExitCode::kUsage);
  CHECK(std::string(error->what()).find("the image differs") != std::string::npos);
}

TEST_CASE("starting afresh drops what an earlier run left, and tells") {
  const Scratch scratch;
  {
    Journal journal(scratch.path / "j", kFacts, Mode::kStart);
    CHECK_FALSE(journal.dropped());
    journal.add(trial(0));
  }
  const Journal journal(scratch.path / "j", kFacts, Mode::kStart);
  CHECK(journal.dropped());
  CHECK(journal.known().empty());
}

TEST_CASE("F20: a journal in use cannot be opened again") {
  const Scratch scratch;
  const Journal journal(scratch.path / "j", kFacts, Mode::kStart);
  CHECK(code_of([&] { const Journal second(scratch.path / "j", kFacts, Mode::kResume); }) ==
        ExitCode::kOutput);
}

TEST_CASE("a journal is a regular file, and gone after the end") {
  const Scratch scratch;
  std::filesystem::create_symlink("target", scratch.path / "link");
  for (const char* name : {"link", "missing/j", "."}) {
    CHECK(code_of([&] { const Journal journal(scratch.path / name, kFacts, Mode::kStart); }) ==
          ExitCode::kOutput);
  }
  Journal journal(scratch.path / "j", kFacts, Mode::kStart);
  journal.remove();
  CHECK(scratch.entries() == 1);
}

}  // namespace
}  // namespace capmin
