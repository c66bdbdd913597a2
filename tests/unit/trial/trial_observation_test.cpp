#include "trial/trial_observation.h"

#include "run/progress.h"
#include "trial/harmless_evidence.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using enum Capability;

const RuleTable& rules() {
  static const RuleTable table = RuleTable::embedded();
  return table;
}

Outcome denied(const Check& check) {
  Outcome outcome;
  outcome.verdict = Verdict::kFailed;
  outcome.trace = Trace{.checks = {check}};
  return outcome;
}

std::string advice(const Check& check) {
  const std::vector<Clue> clues = traced_clues(denied(check), rules());
  return clues.empty() ? "no clue" : clues.front().alternative;
}

TEST_CASE("what the kernel denied comes with the advice of the rule that knows the call's error") {
  using enum CheckResult;
  CHECK(advice({kNetBindService, kHard, "bind", "smbd", 1}).find("high port") != std::string::npos);
  CHECK(advice({kChown, kHard, "fchownat", "chown", 1}).find("COPY --chown") != std::string::npos);
  CHECK(advice({kSetuid, kHard, "setresuid", "d", 1}).find("--user") != std::string::npos);
  CHECK(advice({kDacOverride, kHard, "openat", "d", 1}).find("container's user") !=
        std::string::npos);
  // A rule about another capability has nothing to say.
  CHECK(advice({kSyslog, kHard, "openat", "d", 1}).empty());
}

TEST_CASE("a denied call that hardly matters, or went on, is no clue") {
  using enum CheckResult;
  CHECK(traced_clues(denied({kSysAdmin, kHard, "mmap", "d", 1}), rules()).empty());
  CHECK(traced_clues(denied({kChown, kSoft, "chown", "d", 1}), rules()).empty());
  CHECK(traced_clues({}, rules()).empty());
}

TEST_CASE("a denied call that programs mostly do without is marked so") {
  using enum CheckResult;
  CHECK(traced_clues(denied({kNetAdmin, kHard, "setsockopt", "d", 1}), rules()).front().optional);
  CHECK(traced_clues(denied({kSysNice, kHard, "setpriority", "d", 1}), rules()).front().optional);
  CHECK_FALSE(traced_clues(denied({kChown, kHard, "chown", "d", 1}), rules()).front().optional);
}

std::vector<CapabilitySet> suspects(const Outcome& outcome, const HarmlessEvidence& harmless = {}) {
  FinishedTrial trial;
  trial.outcome = outcome;
  trial.clues = rules().clues(evidence_of(outcome, {}));
  return observation_of(trial, harmless).suspects;
}

TEST_CASE("what was refused without a failing call is suspected last, the most believed first") {
  using enum CheckResult;
  Outcome outcome = denied({kAuditWrite, kSoft, "sendto", "login", 1});
  CHECK(suspects(outcome) == std::vector<CapabilitySet>{{kAuditWrite}});
  outcome.trace->checks.push_back({kChown, kSoft, "chown", "d", 1});
  CHECK(suspects(outcome) == std::vector<CapabilitySet>{{kChown}, {kAuditWrite}});
  outcome.log = "setgid(33) failed (1: Operation not permitted)\n";
  CHECK(suspects(outcome).front() == CapabilitySet{kSetgid});
  CHECK(suspects(outcome).back() == CapabilitySet{kAuditWrite});
}

TEST_CASE("a refusal that hardly ever matters, or that passing trials met, is not suspected") {
  using enum CheckResult;
  CHECK(suspects(denied({kSysAdmin, kSoft, "mmap", "d", 1})).empty());
  HarmlessEvidence harmless;
  FinishedTrial passing;
  passing.outcome = denied({kAuditWrite, kSoft, "sendto", "login", 7});
  passing.outcome.verdict = Verdict::kPassed;
  harmless.add(passing);
  CHECK(suspects(denied({kAuditWrite, kSoft, "sendto", "login", 1}), harmless).empty());
}

TEST_CASE("what the kernel denied is shown before a vague line, and after an exact one") {
  FinishedTrial trial;
  trial.outcome = denied({kNetBindService, CheckResult::kHard, "bind", "smbd", 1});
  trial.outcome.exit_code = 1;
  trial.outcome.log = "smbd: start: Permission denied\n";
  const auto lead = [&trial] {
    trial.clues = rules().clues(evidence_of(trial.outcome, {}));
    for (Clue& clue : traced_clues(trial.outcome, rules())) {
      trial.clues.push_back(std::move(clue));
    }
    return leading_clue(trial);
  };
  REQUIRE(lead());
  CHECK(lead()->suspect == CapabilitySet{kNetBindService});
  CHECK(lead()->clue.line == "bind by smbd: denied by the kernel");
  trial.outcome.log += "chown: /x: Operation not permitted\n";
  CHECK(lead()->suspect == CapabilitySet{kChown});
}

}  // namespace
}  // namespace capmin
