#include "system/locked_log.h"

#include "expect_error.h"
#include "scratch.h"
#include "system/file.h"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <thread>

namespace capmin {
namespace {

constexpr int kRounds = 20'000;

/// What went wrong while several threads opened and removed one log.
struct Mishaps {
  std::atomic<int> shared = 0;   ///< two of them held it
  std::atomic<int> unnamed = 0;  ///< one held a file that its path does not name
  std::atomic<int> held = 0;     ///< how often one of them had it
};

/// Opens and removes the log again and again; being refused because of the others is no mishap.
void open_and_remove(const std::filesystem::path& path, std::atomic<int>& holders,
                     Mishaps& mishaps) {
  for (int round = 0; round < kRounds; ++round) {
    error_of([&] {
      LockedLog log(path);
      ++mishaps.held;
      if (++holders > 1) ++mishaps.shared;
      if (!std::filesystem::exists(path)) ++mishaps.unnamed;
      --holders;
      log.remove();
    });
  }
}

TEST_CASE("a log that its holder removes while it is opened anew is locked under its name") {
  const Scratch scratch;
  Mishaps mishaps;
  std::atomic<int> holders = 0;
  {
    std::array<std::jthread, 3> threads;
    for (std::jthread& thread : threads) {
      thread = std::jthread([&] { open_and_remove(scratch.path / "log", holders, mishaps); });
    }
  }
  CHECK(mishaps.held.load() > 0);
  CHECK(mishaps.shared.load() == 0);
  CHECK(mishaps.unnamed.load() == 0);
}

TEST_CASE("a log that is removed can be opened anew while its last holder still lives") {
  const Scratch scratch;
  LockedLog first(scratch.path / "log");
  first.append("old");
  first.remove();
  LockedLog second(scratch.path / "log");
  CHECK(second.whole_lines().empty());
  CHECK(code_of([&] { const LockedLog third(scratch.path / "log"); }) == ExitCode::kOutput);
}

TEST_CASE("a file with another name is no log, and stays what it is") {
  const Scratch scratch;
  write_file(scratch.path / "other", "mine\n");
  std::filesystem::create_hard_link(scratch.path / "other", scratch.path / "log");
  const auto error = error_of([&] { const LockedLog log(scratch.path / "log"); });
  REQUIRE(error);
  CHECK(error->code() == ExitCode::kOutput);
  CHECK(std::string(error->what()).find("hard link") != std::string::npos);
  CHECK(read_file(scratch.path / "other") == "mine\n");
}

}  // namespace
}  // namespace capmin
