#include "core/certificate.h"

#include "unit/oracle.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

constexpr CapabilitySet kCeiling{Capability::kChown, Capability::kDacOverride,
                                 Capability::kDacReadSearch, Capability::kSetuid};

/// Needs SETUID and one of CHOWN and DAC_OVERRIDE.
Observation show(CapabilitySet grant, int) {
  return observed(
      grant, grant.contains(Capability::kSetuid) &&
                 (grant.contains(Capability::kChown) || grant.contains(Capability::kDacOverride)));
}

/// A search that has ended, to be tampered with.
struct Ended {
  Policy policy;
  History history;
  Minimal answer;

  std::string fault() const { return find_fault(policy, history, answer); }
  Observation& trial(int number) {
    return *std::ranges::find(history, number, &Observation::trial);
  }
};

Ended search(Level level) {
  Ended ended;
  ended.policy.ceiling = kCeiling;
  ended.policy.level = level;
  Run run = run_search(ended.policy, show);
  ended.history = std::move(run.history);
  ended.answer = std::get<Minimal>(run.end);
  return ended;
}

TEST_CASE("honest answers have no fault") {
  for (const Level level :
       {Level::kOneMinimal, Level::kUnique, Level::kLeastRisk, Level::kAllMinimal}) {
    CHECK(search(level).fault() == "");
  }
}

TEST_CASE("a pass that was not seen is found out") {
  Ended ended = search(Level::kOneMinimal);
  ended.trial(ended.answer.proof.passed.front()).verdict = Verdict::kFailed;
  CHECK(ended.fault().find("ended otherwise") != std::string::npos);
}

TEST_CASE("a removal that did not fail is found out") {
  Ended ended = search(Level::kOneMinimal);
  ended.trial(ended.answer.proof.removals.front().trials.front()).verdict = Verdict::kPassed;
  CHECK(ended.fault().find("ended otherwise") != std::string::npos);
}

TEST_CASE("a removal that was seen passing elsewhere in the history is found out") {
  Ended ended = search(Level::kOneMinimal);
  ended.history.push_back(observed(ended.answer.proof.removals.front().grant, true));
  ended.history.back().trial = 99;
  CHECK(ended.fault().find("was seen passing") != std::string::npos);
}

TEST_CASE("a member without a removal is found out") {
  Ended ended = search(Level::kOneMinimal);
  ended.answer.proof.removals.pop_back();
  CHECK(ended.fault() == "a member without a failing removal");
}

TEST_CASE("a removal of two members is found out") {
  Ended ended = search(Level::kOneMinimal);
  ended.answer.proof.removals.front().grant = {};
  CHECK(ended.fault() == "a removal of more or less than one member");
}

TEST_CASE("trial numbers that do not exist, that repeat or that belong elsewhere are found out") {
  Ended ended = search(Level::kOneMinimal);
  std::vector<int>& passed = ended.answer.proof.passed;
  const int real = passed.front();
  passed = {1234};
  CHECK(ended.fault().find("is not in the history") != std::string::npos);
  passed = {real, real};
  CHECK(ended.fault().find("a trial counts twice") != std::string::npos);
  passed = {1};
  CHECK(ended.fault().find("had another grant") != std::string::npos);
}

TEST_CASE("fewer trials than the confirmations are found out") {
  Ended ended = search(Level::kOneMinimal);
  ended.answer.confirmations = 2;
  CHECK(ended.fault().find("claimed by fewer trials") != std::string::npos);
  ended.answer.confirmations = 1;
  ended.policy.confirm = 2;
  CHECK(ended.fault() == "fewer confirmations than the policy asks for");
}

TEST_CASE("a grant above the ceiling is found out") {
  Ended ended = search(Level::kOneMinimal);
  ended.history.front().grant = kCeiling.with(Capability::kSysAdmin);
  CHECK(ended.fault().find("was granted more than the ceiling") != std::string::npos);
}

TEST_CASE("unique is not believed of a set with replaceable members") {
  Ended ended = search(Level::kUnique);
  CHECK_FALSE(ended.answer.unique);
  ended.answer.unique = true;
  CHECK(ended.fault() == "unique, but a member is not known to be essential");
}

TEST_CASE("not unique is not believed without an alternative") {
  Ended ended = search(Level::kUnique);
  REQUIRE(ended.answer.alternatives.size() == 1);
  ended.answer.alternatives.clear();
  CHECK(ended.fault() == "not unique, but no alternative is shown");
}

TEST_CASE("an essential member must have been removed from the whole ceiling") {
  Ended ended = search(Level::kUnique);
  REQUIRE_FALSE(ended.answer.essential.empty());
  ended.answer.essential.front().grant = {};
  CHECK(ended.fault() == "an essential member was not removed from the whole ceiling");
}

TEST_CASE("an alternative that was left out is found out by the cuts") {
  Ended ended = search(Level::kAllMinimal);
  ended.answer.alternatives.pop_back();
  CHECK(ended.fault() == "the cuts leave another set possible");
}

TEST_CASE("a riskier set is not accepted as the least risky") {
  Ended ended = search(Level::kLeastRisk);
  CHECK(ended.fault() == "");
  ended.answer.cuts.pop_back();
  CHECK(ended.fault() == "the cuts leave another set possible");
}

TEST_CASE("a pass inside a failure and another pass must be told") {
  Ended ended = search(Level::kAllMinimal);
  ended.answer.other_pass.reset();
  CHECK(ended.fault() == "another pass was seen and not told");
  ended = search(Level::kOneMinimal);
  ended.history.push_back(observed(kCeiling.without(Capability::kDacReadSearch), false));
  ended.history.back().trial = 99;
  CHECK(ended.fault() == "called monotone, but a pass lies inside a failure");
}

TEST_CASE("a proof that was cut short is believed as far as it goes") {
  const Ended ended = search(Level::kOneMinimal);
  Proof partial = ended.answer.proof;
  partial.removals.pop_back();
  const auto fault = [&ended](const Proof& proof) {
    return find_fault(ended.policy, ended.history, proof);
  };
  CHECK(fault(partial) == "");
  partial.passed.clear();
  CHECK(fault(partial).find("claimed by fewer trials") != std::string::npos);
  partial = ended.answer.proof;
  partial.removals.front().trials = partial.passed;
  CHECK(fault(partial).find("had another grant") != std::string::npos);
  partial = {CapabilitySet{Capability::kKill}, {0}, {}};
  CHECK(fault(partial) == "the set reaches above the ceiling");
}

TEST_CASE("a condition is believed where the rest of the set passed without it") {
  const CapabilitySet set{Capability::kChown, Capability::kNetBindService, Capability::kNetRaw};
  const CapabilitySet ports{Capability::kNetBindService, Capability::kNetRaw};
  CHECK(find_fault(set, {}, {}) == "");
  CHECK(find_fault(set, ports, {observed({Capability::kChown}, true)}) == "");
  CHECK(find_fault(set, ports, {observed({Capability::kChown}, false)}) ==
        "{CHOWN} is claimed to pass where low ports are open, and did not");
  CHECK(find_fault(set, {Capability::kNetRaw}, {observed({Capability::kChown}, true)}) != "");
  CHECK(find_fault(set, {Capability::kKill}, {}) == "needed under a condition, but no member");
}

}  // namespace
}  // namespace capmin
