#include "trial/losses.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using Processes = std::vector<ContainerProcess>;

FinishedTrial trial(Processes processes, const std::vector<std::string>& lines = {}) {
  FinishedTrial trial;
  trial.outcome.processes = std::move(processes);
  for (const std::string& line : lines) {
    Clue clue;
    clue.line = line;
    trial.clues.push_back(clue);
  }
  return trial;
}

constexpr CapabilitySet kSome{Capability::kChown};
const ContainerProcess kMaster{.name = "apache2", .uid = 0, .gid = 0, .effective = kSome};
const ContainerProcess kWorker{.name = "apache2", .uid = 33, .gid = 33};
const ContainerProcess kRootWorker{.name = "apache2", .uid = 0, .gid = 33, .effective = kSome};

TEST_CASE("a worker that stays root is a loss that names process and user") {
  const Losses lost = losses(trial({kMaster, kRootWorker}), {trial({kMaster, kWorker})});
  CHECK(lost.processes ==
        std::vector<std::string>{
            "the process apache2 runs as root; with the whole ceiling it runs as user 33"});
}

TEST_CASE("the same processes lose nothing") {
  CHECK(losses(trial({kMaster, kWorker}), {trial({kMaster, kWorker, kWorker})}).empty());
}

TEST_CASE("a worker that keeps root's group is a loss") {
  const ContainerProcess root_group{.name = "apache2", .uid = 33, .gid = 0};
  const Losses lost = losses(trial({kMaster, root_group}), {trial({kMaster, kWorker})});
  REQUIRE(lost.processes.size() == 1);
  CHECK(lost.processes.front().find("root's group") != std::string::npos);
}

TEST_CASE("capabilities and privileges that were given up before are losses when they are kept") {
  const ContainerProcess bare{
      .name = "api", .uid = 5, .gid = 5, .effective = {}, .no_new_privs = true};
  const ContainerProcess holder{.name = "api", .uid = 5, .gid = 5, .effective = kSome};
  CHECK(losses(trial({holder}), {trial({bare})}).processes.size() == 2);
  CHECK(losses(trial({bare}), {trial({holder})}).empty());
}

TEST_CASE("a process that only one of the trials has is not compared") {
  CHECK(losses(trial({kMaster}), {trial({kMaster, {.name = "cron", .uid = 8, .gid = 8}})}).empty());
  CHECK(losses(trial({}), {trial({kMaster, kWorker})}).empty());
}

TEST_CASE("errors that the baseline has as well are no loss, whatever their numbers") {
  const Losses lost = losses(trial({}, {"nice(5) failed in 17", "setgroups failed"}),
                             {trial({}, {"nice(5) failed in 4"})});
  CHECK(lost.errors == std::vector<std::string>{"setgroups failed"});
}

TEST_CASE("without a baseline there is nothing to compare") {
  CHECK(losses(trial({kMaster, kRootWorker}, {"error"}), {}).empty());
}

FinishedTrial stopped(StopEnd end, CapabilitySet refused = {}) {
  FinishedTrial trial;
  trial.outcome.stop_end = std::move(end);
  trial.outcome.trace.emplace();
  for (const Capability capability : refused.members()) {
    trial.outcome.trace->checks.push_back({.capability = capability,
                                           .result = CheckResult::kHard,
                                           .call = "kill",
                                           .process = "tini",
                                           .count = 1});
  }
  return trial;
}

const std::vector<FinishedTrial> kGoodEnd{stopped({.exit_code = 0, .log = {}, .killed = {{"sh"}}})};

TEST_CASE("a status after the stop signal that no baseline had is a worse end") {
  CHECK(worse_end(stopped({.exit_code = 1}), {}, kGoodEnd)->ending == Ending::kWorseEnd);
  CHECK_FALSE(worse_end(stopped({.exit_code = 0}), {}, kGoodEnd));
  CHECK_FALSE(worse_end(stopped({.exit_code = 143}), {}, {stopped({.exit_code = 143})}));
  CHECK_FALSE(worse_end(stopped({.exit_code = 0}), {}, {stopped({.exit_code = 143})}));
}

TEST_CASE("a new error of permission after the stop signal is a worse end, whatever the status") {
  Clue clue;
  clue.line = "kill 7: Operation not permitted";
  CHECK(worse_end(stopped({.exit_code = 0}), {clue}, kGoodEnd)->clue.line == clue.line);
  FinishedTrial same = kGoodEnd.front();
  same.clues.push_back(clue);
  clue.line = "kill 8: Operation not permitted";
  CHECK_FALSE(worse_end(stopped({.exit_code = 0}), {clue}, {same}));
}

TEST_CASE("a signal that the kernel refused is a worse end that suspects KILL") {
  const auto worse = worse_end(stopped({.exit_code = 0}, {Capability::kKill}), {}, kGoodEnd);
  REQUIRE(worse);
  CHECK(worse->clue.suspects == std::vector<CapabilitySet>{{Capability::kKill}});
  CHECK_FALSE(worse_end(stopped({.exit_code = 0}, {Capability::kChown}), {}, kGoodEnd));
}

TEST_CASE("processes that are killed at the end count where they were seen to end in time before") {
  const FinishedTrial killed = stopped({.exit_code = 0, .log = {}, .killed = {{"httpd", "sh"}}});
  CHECK(worse_end(killed, {}, kGoodEnd)->ending == Ending::kKilledAtEnd);
  CHECK_FALSE(worse_end(killed, {}, {killed}));
  CHECK_FALSE(worse_end(killed, {}, {stopped({.exit_code = 0})}));
}

TEST_CASE("an end that is not looked at, or has no measure, is not compared") {
  CHECK_FALSE(worse_end({}, {}, kGoodEnd));
  CHECK_FALSE(worse_end(stopped({.exit_code = 1}), {}, {}));
}

}  // namespace
}  // namespace capmin
