#include "run/run_profile.h"

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
  search.known_conditions = {{{kChown}, Verdict::kPassed, 0}};
  const Answer answer = with_conditions(minimal(), search, {});
  CHECK(answer.conditional == CapabilitySet{kNetBindService});
  CHECK(answer.condition_trials.empty());
}

TEST_CASE("without any trial about ports a member is needed, as far as is known") {
  const Answer answer = with_conditions(minimal(), {}, {});
  CHECK(answer.conditional.empty());
  CHECK(answer.unknown.empty());
}

}  // namespace
}  // namespace capmin
