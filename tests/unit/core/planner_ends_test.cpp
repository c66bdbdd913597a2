#include "core/planner.h"
#include "unit/oracle.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

constexpr CapabilitySet kFour = CapabilitySet::from_bits(0xf);

Policy four() {
  Policy policy;
  policy.ceiling = kFour;
  return policy;
}

/// Answers the trials of the ceiling with `verdicts` in turn, the last one for ever; every other
/// grant fails.
Oracle ceiling_gives(std::vector<Verdict> verdicts) {
  return [verdicts = std::move(verdicts)](CapabilitySet grant, int nth) {
    Observation result = observed(grant, false);
    if (grant != kFour) return result;
    const auto last = static_cast<int>(verdicts.size()) - 1;
    result.verdict = verdicts[static_cast<std::size_t>(std::min(nth, last))];
    return result;
  };
}

TEST_CASE("the first trial is the ceiling, and the guess runs beside it where there is a slot") {
  const Step alone = next(four(), {}, 1);
  REQUIRE(std::holds_alternative<RunTrials>(alone));
  REQUIRE(std::get<RunTrials>(alone).trials.size() == 1);
  CHECK(std::get<RunTrials>(alone).trials[0] == TrialRequest{kFour, Purpose::kBaseline, {}});

  const Step beside = next(four(), {}, 4);
  REQUIRE(std::get<RunTrials>(beside).trials.size() == 2);
  CHECK(std::get<RunTrials>(beside).trials[1] == TrialRequest{{}, Purpose::kSearch, {}});
}

TEST_CASE("a ceiling that fails twice ends the search") {
  const Run run = run_search(four(), ceiling_gives({Verdict::kFailed}));
  REQUIRE(std::holds_alternative<CeilingFails>(run.end));
  CHECK(std::get<CeilingFails>(run.end).trials == std::vector{1, 2});
}

TEST_CASE("a ceiling that fails once and passes ever after does not end the search") {
  const Run run = run_search(four(), ceiling_gives({Verdict::kFailed, Verdict::kPassed}));
  REQUIRE(std::holds_alternative<Minimal>(run.end));
  const Minimal& answer = std::get<Minimal>(run.end);
  CHECK(answer.proof.set == kFour);
  CHECK_FALSE(answer.stable);
  CHECK(answer.confirmations > 1);
}

TEST_CASE("a ceiling that goes on contradicting itself is unstable, with the trials of both") {
  const Oracle oracle = [](CapabilitySet grant, int nth) { return observed(grant, nth % 2 == 1); };
  const Run run = run_search(four(), oracle);
  REQUIRE(std::holds_alternative<Unstable>(run.end));
  const Unstable& unstable = std::get<Unstable>(run.end);
  CHECK(unstable.grant == kFour);
  CHECK_FALSE(unstable.passed.empty());
  CHECK_FALSE(unstable.failed.empty());
  CHECK(run.history.size() <= 12);
}

TEST_CASE("three undecided trials in a row end the search, two do not") {
  const Run lost = run_search(four(), ceiling_gives({Verdict::kUndecided}));
  REQUIRE(std::holds_alternative<Undecided>(lost.end));
  CHECK(std::get<Undecided>(lost.end).grant == kFour);
  CHECK(std::get<Undecided>(lost.end).trials == std::vector{1, 2, 3});

  const Run found = run_search(
      four(), ceiling_gives({Verdict::kUndecided, Verdict::kUndecided, Verdict::kPassed}));
  REQUIRE(std::holds_alternative<Minimal>(found.end));
  CHECK(std::get<Minimal>(found.end).proof.set == kFour);
}

TEST_CASE("an undecided trial is evidence for nothing") {
  const CapabilitySet needed{Capability::kChown};
  const Oracle oracle = [needed](CapabilitySet grant, int nth) {
    Observation result = observed(grant, grant.contains(needed));
    if (nth == 0) result.verdict = Verdict::kUndecided;
    return result;
  };
  const Run run = run_search(four(), oracle);
  REQUIRE(std::holds_alternative<Minimal>(run.end));
  CHECK(std::get<Minimal>(run.end).proof.set == needed);
  CHECK(std::get<Minimal>(run.end).stable);
}

TEST_CASE("each deciding grant is confirmed as often as asked for") {
  Policy policy = four();
  policy.confirm = 3;
  const CapabilitySet needed{Capability::kChown, Capability::kFowner};
  const Run run = run_search(policy, needing(needed, kFour, Clues::kRight));
  const Minimal& answer = std::get<Minimal>(run.end);
  CHECK(answer.proof.set == needed);
  CHECK(answer.confirmations == 3);
  CHECK(answer.proof.passed.size() >= 3);
  for (const Removal& removal : answer.proof.removals) {
    CHECK(removal.trials.size() >= 3);
  }
}

TEST_CASE("suspects above the ceiling are never granted") {
  const Oracle oracle = [](CapabilitySet grant, int) {
    Observation result = observed(grant, grant == kFour);
    result.suspects = {{Capability::kSysAdmin}, {Capability::kChown, Capability::kSysAdmin}};
    return result;
  };
  for (const Observation& observation : run_search(four(), oracle).history) {
    CHECK(kFour.contains(observation.grant));
  }
}

TEST_CASE(
    "stopping the levels beyond one-minimal early leaves the one-minimal answer, and says so") {
  Policy policy = four();
  policy.level = Level::kAllMinimal;
  policy.most_exploring = 0;
  const Oracle oracle = [](CapabilitySet grant, int) { return observed(grant, grant.size() >= 2); };
  const Run run = run_search(policy, oracle);
  const Minimal& answer = std::get<Minimal>(run.end);
  CHECK_FALSE(answer.complete);
  CHECK(answer.level == Level::kOneMinimal);
  CHECK(answer.reason == "stopped after 0 trials beyond the one-minimal answer");
  CHECK(answer.proof.set.size() == 2);
}

TEST_CASE("a question beyond one-minimal that cannot be answered leaves the one-minimal answer") {
  Policy policy = four();
  policy.level = Level::kUnique;
  policy.confirm = 2;
  const CapabilitySet needed{Capability::kChown};
  policy.guess = needed;
  const CapabilitySet explored = kFour - needed;
  for (const bool lost : {true, false}) {
    const Oracle oracle = [=](CapabilitySet grant, int nth) {
      Observation result = observed(grant, grant.contains(needed));
      if (grant != explored) return result;
      result.verdict = lost           ? Verdict::kUndecided
                       : nth % 2 == 0 ? Verdict::kPassed
                                      : Verdict::kFailed;
      return result;
    };
    const Run run = run_search(policy, oracle);
    REQUIRE(std::holds_alternative<Minimal>(run.end));
    const Minimal& answer = std::get<Minimal>(run.end);
    CHECK(answer.proof.set == needed);
    CHECK_FALSE(answer.complete);
    CHECK(answer.level == Level::kOneMinimal);
    CHECK(answer.stable == lost);
    CHECK(answer.reason == (lost ? "a trial on the way could not be judged"
                                 : "the probe contradicted itself on the way"));
  }
}

TEST_CASE("a pass that lacks a member is told at the default level too") {
  Policy policy = four();
  policy.guess = {Capability::kChown};
  const Oracle oracle = [](CapabilitySet grant, int) {
    return observed(grant,
                    grant.contains(Capability::kChown) || grant.contains(Capability::kDacOverride));
  };
  const Run alone = run_search(policy, oracle);
  CHECK_FALSE(std::get<Minimal>(alone.end).other_pass);

  History history = alone.history;
  history.push_back(observed({Capability::kDacOverride}, true));
  history.back().trial = 99;
  const Step step = next(policy, history, 1);
  CHECK(std::get<Minimal>(step).other_pass == CapabilitySet{Capability::kDacOverride});
  CHECK_FALSE(std::get<Minimal>(step).unique);
}

TEST_CASE("the answer so far is the least risky set that passed and never failed") {
  CHECK_FALSE(best_so_far({}));
  History history{observed(kFour, true), observed({Capability::kChown}, true), observed({}, true),
                  observed({}, false)};
  CHECK(best_so_far(history) == CapabilitySet{Capability::kChown});
  history.push_back(observed({Capability::kKill}, true));
  history.back().verdict = Verdict::kUndecided;
  CHECK(best_so_far(history) == CapabilitySet{Capability::kChown});
}

}  // namespace
}  // namespace capmin
