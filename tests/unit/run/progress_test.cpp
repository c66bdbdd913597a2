#include "run/progress.h"

#include "text/display.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace capmin {
namespace {

using namespace std::chrono_literals;
using enum Capability;
using Lines = std::vector<std::string>;

const LiveText::Time kBegin{1h};
const LiveText::Time kNow = kBegin + 8400ms;

RunningTrial trial(int number, CapabilitySet without) {
  RunningTrial trial;
  trial.number = number;
  trial.request = {docker_default_set() - without, Purpose::kProve, without};
  trial.begin = kNow - 2400ms;
  trial.wait.since = kNow - 2100ms;
  trial.has_waited = true;
  trial.deadline = 3s;
  return trial;
}

SearchState state(std::vector<RunningTrial> trials) {
  SearchState state;
  state.trials = std::move(trials);
  state.ceiling = docker_default_set();
  state.newest = state.trials.back().number;
  state.last_number = 7;
  state.seconds_left = 12;
  state.begin = kBegin;
  state.at = kNow;
  return state;
}

TEST_CASE("what runs now is told with its time, what it waits for, and how much is left") {
  CHECK(
      live_lines(state({trial(4, {kSetuid})}), kNow, 110) ==
      Lines{" now   trial  4   without SETUID               2.4 s  asking the probe, deadline 2.1 "
            "of 3.0 s",
            "       trial 4 of about 7  about 12 s left  0:08 elapsed  Ctrl-C stops and cleans "
            "up"});
}

TEST_CASE("on a narrow screen what matters less is left out") {
  CHECK(live_lines(state({trial(4, {kSetuid})}), kNow, 59) ==
        Lines{" now   trial  4   without SETUID  2.4 s  2.1 of 3.0 s",
              "       trial 4 of about 7  about 12 s left  0:08 elapsed"});
}

TEST_CASE("no live line is longer than the screen is wide") {
  RunningTrial wide = trial(104, {kNetBindService, kDacOverride, kDacReadSearch, kSysChroot});
  wide.is_condition = true;
  SearchState told = state({trial(3, {kChown}), wide});
  told.trials.front().is_parked = true;
  for (std::size_t columns = 59; columns <= 200; ++columns) {
    for (const std::string& line : live_lines(told, kNow, columns)) {
      CHECK(columns_of(line) <= columns);
    }
  }
}

TEST_CASE("of trials side by side the oldest that is not parked is shown, and all are counted") {
  SearchState told = state({trial(3, {kChown}), trial(4, {kKill}), trial(5, {kSetuid})});
  told.trials[0].is_parked = true;
  const Lines lines = live_lines(told, kNow, 120);
  CHECK(lines.front().starts_with(" now   trial  4   without KILL "));
  CHECK(lines.back().starts_with(
      "       trial 5 of about 7  about 12 s left  2 running, 1 parked  0:08"));
}

TEST_CASE("a parked trial alone is told as such") {
  SearchState told = state({trial(3, {kChown})});
  told.trials[0].is_parked = true;
  CHECK(live_lines(told, kNow, 120)
            .front()
            .ends_with("parked, most likely fails, deadline 2.1 of 3.0 s"));
}

TEST_CASE("what a trial waits for is told in its words") {
  SearchState told = state({trial(4, {kSetuid})});
  RunningTrial& only = told.trials.front();
  const auto waits_for = [&] { return live_lines(told, kNow, 120).front().substr(54); };
  only.wait.has_answered = true;
  CHECK(waits_for() == "the probe fails so far, deadline 2.1 of 3.0 s");
  only.wait = {.job_since = kNow - 2100ms};
  CHECK(waits_for() == "waiting for its end, deadline 2.1 of 3.0 s");
  only.wait = {};
  CHECK(waits_for() == "the probe is done with it");
  only.has_waited = false;
  CHECK(waits_for() == "starting its container");
  told.is_engine_lost = true;
  CHECK(waits_for() == "waiting for the engine");
}

TEST_CASE("before the first trial has ended only their number is told") {
  SearchState told = state({trial(0, {})});
  told.trials.front().request = {docker_default_set(), Purpose::kBaseline, {}};
  told.seconds_left.reset();
  CHECK(live_lines(told, kNow, 120).back().starts_with("       then about 7 trials  0:08 elapsed"));
  told.last_number.reset();
  CHECK(live_lines(told, kNow, 120).back().starts_with("       trial 0  0:08 elapsed"));
}

TEST_CASE("more trials than were expected are no contradiction") {
  SearchState told = state({trial(9, {kSetuid})});
  CHECK(live_lines(told, kNow, 120).back().starts_with("       trial 9 of about 9"));
}

TEST_CASE("the time that is left runs down, and is not told when it is over") {
  const SearchState told = state({trial(4, {kSetuid})});
  CHECK(live_lines(told, kNow + 5s, 120).back().find("about 7 s left") != std::string::npos);
  CHECK(live_lines(told, kNow + 12s, 120).back().find("left") == std::string::npos);
}

TEST_CASE("a log gets all of it in a line") {
  CHECK(
      live_line(state({trial(4, {kSetuid}), trial(5, {kKill})}), kNow) ==
      "now   trial  4   without SETUID  2.4 s, asking the probe, deadline 2.1 of 3.0 s, trial 5 of "
      "about 7, about 12 s left, 2 running");
}

FinishedTrial failure() {
  FinishedTrial failed;
  failed.number = 4;
  failed.request = {{kChown, kDacOverride, kSetgid, kSetuid}, Purpose::kSearch, {}};
  failed.outcome.verdict = Verdict::kFailed;
  failed.outcome.ending = Ending::kExited;
  failed.outcome.exit_code = 1;
  failed.outcome.seconds = 0.94;
  Clue clue;
  clue.rule = "bind-eacces";
  clue.line = "bind() to 0.0.0.0:80 failed (13: Permission denied) in /etc/nginx/nginx.conf:12";
  clue.check = "listen on a port of 1024 or more";
  clue.suspects = {{kNetBindService}};
  failed.clues = {clue};
  return failed;
}

TrialView view(std::size_t columns) {
  return {.ceiling = docker_default_set(), .columns = columns, .is_whole = false, .stamp = ""};
}

TEST_CASE("what a failure showed stands beside it where there is room, else below") {
  CHECK(trial_lines(failure(), view(120)) ==
        Lines{" fail  trial  4   CHOWN DAC_OVERRIDE SETGID SETUID  0.9 s  bind() to 0.0.0.0:80 "
              "failed (13: Permission denied) in /et...",
              std::string(59, ' ') +
                  "NET_BIND_SERVICE  rule bind-eacces: listen on a port of 1024 or more"});
  CHECK(trial_lines(failure(), view(80)) ==
        Lines{" fail  trial  4   CHOWN DAC_OVERRIDE SETGID SETUID  0.9 s",
              "                  bind() to 0.0.0.0:80 failed (13: Permission denied) in /etc...",
              "                  NET_BIND_SERVICE  rule bind-eacces: listen on a port of 1024 or "
              "more"});
}

TEST_CASE("a large grant is cut on a narrow screen") {
  FinishedTrial trial = failure();
  trial.request.grant =
      docker_default_set() -
      CapabilitySet{kKill, kNetRaw, kMknod, kSetfcap, kAuditWrite, kSetpcap, kFowner};
  const Lines lines = trial_lines(trial, view(60));
  CHECK(lines.front().size() <= 60);
  CHECK(lines.front().find("... ") != std::string::npos);
}

TEST_CASE("nothing is cut where all is wanted, and it stands where it would else") {
  TrialView whole = view(80);
  whole.is_whole = true;
  CHECK(trial_lines(failure(), whole)[1] ==
        "                  bind() to 0.0.0.0:80 failed (13: Permission denied) in "
        "/etc/nginx/nginx.conf:12");
}

TEST_CASE("nothing is cut where lines have no end") {
  const Lines lines = trial_lines(
      failure(),
      {.ceiling = docker_default_set(), .columns = {}, .is_whole = false, .stamp = "12:05:59 "});
  CHECK(lines.front().starts_with("12:05:59  fail  trial  4   CHOWN"));
  CHECK(lines.front().ends_with("/etc/nginx/nginx.conf:12"));
}

TEST_CASE("what a container printed acts on no terminal") {
  FinishedTrial trial = failure();
  trial.clues.front().line = "\x1b[2J\r::error::x";
  for (const std::string& line : trial_lines(trial, view(120))) {
    CHECK(std::ranges::all_of(line, [](char letter) { return letter >= ' '; }));
  }
}

}  // namespace
}  // namespace capmin
