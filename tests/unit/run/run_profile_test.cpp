#include "run/run_profile.h"

#include "expect_error.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using enum Capability;

constexpr CapabilitySet kSet{kChown, kNetBindService};

Minimal minimal() {
  Minimal answer;
  answer.proof.set = kSet;
  return answer;
}

TEST_CASE(
    "a trial about the ports of a set that was likely for a while shows nothing of the answer") {
  SearchResult result;
  result.condition_trials = {{{kChown, kSetuid}, Verdict::kFailed, 4},
                             {{kChown}, Verdict::kPassed, 6}};
  const Answer answer = with_conditions(minimal(), {}, result);
  CHECK(answer.conditional == CapabilitySet{kNetBindService});
  REQUIRE(answer.condition_trials.size() == 1);
  CHECK(answer.condition_trials.front().number == 6);
}

TEST_CASE("what was known of the ports counts, and is no trial of this run") {
  SearchPlan search;
  search.known.conditions = {{{kChown}, Verdict::kPassed, 0}};
  const Answer answer = with_conditions(minimal(), search, {});
  CHECK(answer.conditional == CapabilitySet{kNetBindService});
  CHECK(answer.condition_trials.empty());
}

TEST_CASE("without any trial about ports a member is needed, as far as is known") {
  const Answer answer = with_conditions(minimal(), {}, {});
  CHECK(answer.conditional.empty());
  CHECK(answer.unknown.empty());
}

FinishedTrial finished(int number, CapabilitySet grant, Verdict verdict) {
  FinishedTrial trial;
  trial.number = number;
  trial.request.grant = grant;
  trial.outcome.verdict = verdict;
  trial.observation.trial = number;
  trial.observation.grant = grant;
  trial.observation.verdict = verdict;
  return trial;
}

/// A search that has shown that CHOWN alone is needed, and what may be written about it.
struct Searched {
  RunOptions options;
  RunPlan plan;
  SearchResult result;
  Answer answer;

  Searched() {
    plan.search.policy.ceiling = kSet;
    result.trials = {finished(0, kSet, Verdict::kPassed), finished(1, {}, Verdict::kFailed),
                     finished(2, {kChown}, Verdict::kPassed)};
    answer.minimal.proof = {.set = {kChown}, .passed = {2}, .removals = {{kChown, {}, {1}}}};
  }
  Profile written() const { return profile_of(options, plan, result, answer, {}, {}); }
  Profile unfinished(const Proof& proof) const {
    return unfinished_profile_of(options, plan, result, proof, {}, {});
  }
};

TEST_CASE("an answer that its trials prove is written down") {
  const Searched searched;
  CHECK(searched.written().add == CapabilitySet{kChown});
  CHECK(searched.unfinished({.set = kSet, .passed = {0}, .removals = {}}).add == kSet);
}

TEST_CASE("an answer that its trials do not prove is not written down") {
  Searched searched;
  searched.answer.minimal.proof.removals.clear();
  CHECK(code_of([&] { searched.written(); }) == ExitCode::kInternal);
  searched = Searched();
  searched.result.trials[1].observation.verdict = Verdict::kPassed;
  CHECK(code_of([&] { searched.written(); }) == ExitCode::kInternal);
}

TEST_CASE("a condition that no trial shows is not written down") {
  Searched searched;
  searched.answer.conditional = {kChown};
  CHECK(code_of([&] { searched.written(); }) == ExitCode::kInternal);
  searched.plan.search.known.conditions = {{{}, Verdict::kPassed, 0}};
  CHECK(searched.written().conditional.size() == 0);
  CHECK(searched.written().add.empty());
}

TEST_CASE("no word of other sets where something may remember the first start") {
  Searched searched;
  Minimal& minimal = searched.answer.minimal;
  searched.plan.search.policy.ceiling = {kChown};
  searched.result.trials = {finished(0, {kChown}, Verdict::kPassed),
                            finished(1, {}, Verdict::kFailed)};
  minimal.proof = {.set = {kChown}, .passed = {0}, .removals = {{kChown, {}, {1}}}};
  minimal.essential = minimal.proof.removals;
  minimal.unique = true;
  CHECK(searched.written().guarantee == Level::kUnique);
  CHECK(searched.written().warnings.empty());
  searched.plan.setup.shared = {"the host's network (--network)"};
  const Profile profile = searched.written();
  CHECK(profile.guarantee == Level::kOneMinimal);
  CHECK(profile.essential.empty());
  REQUIRE(profile.warnings.size() == 1);
  CHECK(profile.warnings.front().starts_with("trials share the host's network (--network), "));
  searched.plan.setup.reset = {.path = "/reset.sh", .sha256 = "0"};
  CHECK(searched.written().guarantee == Level::kUnique);
}

TEST_CASE("the capabilities that the first start alone used are named") {
  Searched searched;
  const auto traced = [](CapabilitySet asked) {
    Trace trace;
    for (const Capability capability : asked.members()) {
      trace.checks.push_back({capability, CheckResult::kGranted, "call", "d", 1});
    }
    return trace;
  };
  searched.result.trials[0].outcome.trace = traced(kSet);
  searched.result.trials[2].outcome.trace = traced({kChown});
  const Profile profile = searched.written();
  REQUIRE(profile.warnings.size() == 1);
  CHECK(profile.warnings.front().starts_with(
      "NET_BIND_SERVICE was used by the container's first start and never asked for again"));
  searched.result.trials[2].outcome.trace = traced(kSet);
  CHECK(searched.written().warnings.empty());
}

TEST_CASE("what was cut short is written down as far as its trials go") {
  const Searched searched;
  CHECK(code_of([&] { searched.unfinished({.set = {}, .passed = {1}, .removals = {}}); }) ==
        ExitCode::kInternal);
}

}  // namespace
}  // namespace capmin
