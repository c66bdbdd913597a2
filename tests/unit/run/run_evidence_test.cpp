#include "run/run_evidence.h"

#include <doctest/doctest.h>

#include <limits>

namespace capmin {
namespace {

using enum Capability;
using enum CheckResult;

constexpr CapabilitySet kCeiling{kChown, kKill, kSetuid};
constexpr CapabilitySet kSet{kChown, kSetuid};

FinishedTrial trial(int number, CapabilitySet grant, Verdict verdict,
                    std::optional<std::vector<Check>> checks) {
  FinishedTrial trial;
  trial.number = number;
  trial.request.grant = grant;
  trial.outcome.verdict = verdict;
  if (checks) trial.outcome.trace = Trace{.checks = *checks, .lost = 0};
  return trial;
}

/// A search that found kSet: its baseline, the pass, and the trials without each member.
SearchResult searched() {
  SearchResult result;
  result.trials = {
      trial(0, kCeiling, Verdict::kPassed,
            {{{kChown, kGranted, "chown", "d", 7},
              {kKill, kGranted, "kill", "d", 3},
              {kSetuid, kGranted, "setuid", "d", 2}}}),
      trial(1, kSet, Verdict::kPassed, {{{kKill, kHard, "kill", "d", 1}}}),
      trial(2, kSet.without(kChown), Verdict::kFailed,
            {{{kChown, kSoft, "fchown", "d", 9}, {kChown, kHard, "chown", "d", 1}}}),
      trial(3, kSet.without(kSetuid), Verdict::kFailed, {{{kChown, kGranted, "chown", "d", 7}}})};
  return result;
}

const Proof kProof{.set = kSet, .passed = {1}, .removals = {{kChown, {}, {2}}, {kSetuid, {}, {3}}}};

Profile with_evidence(const SearchResult& result, const Proof& proof = kProof) {
  Profile profile;
  for (const Removal& removal : proof.removals) {
    profile.reasons.emplace_back().name = removal.without;
  }
  add_evidence(result, kCeiling, proof, profile);
  return profile;
}

TEST_CASE("a reason names what made a system call fail in the trial without the member") {
  const Profile profile = with_evidence(searched());
  CHECK(profile.reasons[0].checks == std::vector<Profile::Check>{{"chown", "d", kHard}});
  CHECK(profile.run.checks[0] == Profile::Count{kChown, 2, {"chown", "d", kHard}, 1});
}

TEST_CASE("where nothing failed for it, a reason names what was denied and went on") {
  SearchResult result = searched();
  result.trials[2].outcome.trace->checks.pop_back();
  CHECK(with_evidence(result).reasons[0].checks ==
        std::vector<Profile::Check>{{"fchown", "d", kSoft}});
}

TEST_CASE("where nothing was denied, a reason names what the baseline was granted") {
  const Profile profile = with_evidence(searched());
  CHECK(profile.reasons[1].checks == std::vector<Profile::Check>{{"setuid", "d", kGranted}});
  CHECK(profile.run.checks[1] == Profile::Count{kSetuid, 0, {"setuid", "d", kGranted}, 2});
}

TEST_CASE("a removal that was not watched is told by its repetition, or else by the baseline") {
  SearchResult result = searched();
  result.trials.push_back(result.trials[2]);
  result.trials.back().number = 4;
  result.trials[2].outcome.trace.reset();
  Proof proof = kProof;
  CHECK(with_evidence(result, proof).reasons[0].checks.front().result == kGranted);
  proof.removals[0].trials.push_back(4);
  CHECK(with_evidence(result, proof).run.checks[0].trial == 4);
}

TEST_CASE("what was used but not needed is told with what became of it") {
  const Profile profile = with_evidence(searched());
  CHECK(profile.run.unneeded ==
        std::vector<Profile::Unneeded>{{kKill, "kill", "d", 3, CheckResult::kHard}});
}

TEST_CASE("without traces a profile tells nothing of the kernel") {
  SearchResult result = searched();
  for (FinishedTrial& each : result.trials) {
    each.outcome.trace.reset();
  }
  const Profile profile = with_evidence(result);
  CHECK(profile.reasons[0].checks.empty());
  CHECK(profile.run.checks.empty());
  CHECK(profile.run.unneeded.empty());
}

TEST_CASE("where the set's trial was not watched, nothing is said to be unneeded") {
  SearchResult result = searched();
  result.trials[1].outcome.trace.reset();
  CHECK(with_evidence(result).run.unneeded.empty());
}

TEST_CASE("hostile traces make a profile that can be read") {
  SearchResult result = searched();
  result.trials[2].outcome.trace->checks = {
      {kChown, kHard, "\x1b[31mchown", "a\r\n##vso", std::numeric_limits<std::uint64_t>::max()},
      {kChown, kHard, "", "", 0}};
  const Profile profile = with_evidence(result);
  CHECK(profile.run.checks[0].count == 1);
  CHECK(profile.run.checks[1].count == std::numeric_limits<int>::max());
  CHECK(profile.reasons[0].checks[1].call == "chown");
  CHECK(profile.reasons[0].checks[1].process == "a  ##vso");
}

/// A search whose baseline used KILL once, as the first start of a new installation does.
SearchResult searched_beside_a_memory() {
  SearchResult result = searched();
  result.trials[1].outcome.trace->checks = {{kChown, kGranted, "chown", "d", 7}};
  return result;
}

TEST_CASE("what was used by the first start alone may be remembered outside of the container") {
  const auto first = first_start(searched_beside_a_memory(), kCeiling, kProof);
  REQUIRE(first);
  CHECK(first->used_once == CapabilitySet{kKill});
  CHECK_FALSE(first->was_repeated);
}

TEST_CASE("what the set's own start is denied, or granted, is no matter of the first start") {
  const auto first = first_start(searched(), kCeiling, kProof);
  REQUIRE(first);
  CHECK(first->used_once.empty());
}

TEST_CASE("what the ceiling asks for again is no matter of the first start") {
  SearchResult result = searched_beside_a_memory();
  result.trials.push_back(
      trial(4, kCeiling, Verdict::kPassed,
            {{{kKill, kGranted, "kill", "d", 3}, {kSetuid, kGranted, "setuid", "d", 2}}}));
  const auto first = first_start(result, kCeiling, kProof);
  REQUIRE(first);
  CHECK(first->used_once.empty());
  CHECK(first->was_repeated);
}

TEST_CASE("a repetition of the ceiling that needs less confirms that something is remembered") {
  SearchResult result = searched_beside_a_memory();
  result.trials.push_back(
      trial(4, kCeiling, Verdict::kPassed, {{{kSetuid, kGranted, "setuid", "d", 2}}}));
  const auto first = first_start(result, kCeiling, kProof);
  REQUIRE(first);
  CHECK(first->used_once == CapabilitySet{kKill});
  CHECK(first->was_repeated);
}

TEST_CASE("nothing is known of the first start where nobody looked, or the set came first") {
  SearchResult result = searched_beside_a_memory();
  result.trials[0].outcome.trace.reset();
  CHECK_FALSE(first_start(result, kCeiling, kProof));
  result = searched_beside_a_memory();
  result.trials[1].outcome.trace.reset();
  CHECK_FALSE(first_start(result, kCeiling, kProof));
  result = searched_beside_a_memory();
  result.trials[0].number = 9;
  CHECK_FALSE(first_start(result, kCeiling, kProof));
}

}  // namespace
}  // namespace capmin
