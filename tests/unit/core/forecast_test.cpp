#include "core/forecast.h"

#include "scenario.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <vector>

namespace capmin {
namespace {

using enum Capability;

Policy policy_of(CapabilitySet ceiling = docker_default_set()) {
  Policy policy;
  policy.ceiling = ceiling;
  return policy;
}

Observation seen(int trial, CapabilitySet grant, Verdict verdict,
                 std::vector<CapabilitySet> suspects = {}) {
  Observation observation;
  observation.trial = trial;
  observation.grant = grant;
  observation.verdict = verdict;
  observation.suspects = std::move(suspects);
  observation.signature = verdict == Verdict::kFailed ? to_string(grant) : "";
  return observation;
}

TEST_CASE("what the clues of failures name is likely needed") {
  const History history{seen(0, docker_default_set(), Verdict::kPassed),
                        seen(1, {}, Verdict::kFailed, {{kChown}, {kKill}}),
                        seen(2, {kChown}, Verdict::kFailed, {{kSetuid}})};
  CHECK(likely_needed(policy_of(), history) == CapabilitySet{kChown, kSetuid});
}

TEST_CASE("what the best set does without is not needed") {
  const History history{seen(0, docker_default_set(), Verdict::kPassed),
                        seen(1, {}, Verdict::kFailed, {{kKill}}),
                        seen(2, {kChown}, Verdict::kPassed)};
  CHECK(likely_needed(policy_of(), history) == CapabilitySet{kChown});
}

TEST_CASE("without evidence as many are likely needed as are of such images on average") {
  Policy policy = policy_of();
  policy.belief[kSetuid] = 0.45;
  policy.belief[kSetgid] = 0.4;
  policy.belief[kChown] = 0.3;
  CHECK(likely_needed(policy, {}) == CapabilitySet{kSetuid});
}

TEST_CASE("each failure lacks something that is needed") {
  const History history{seen(0, docker_default_set(), Verdict::kPassed),
                        seen(1, docker_default_set().without(kKill), Verdict::kFailed)};
  CHECK(likely_needed(policy_of(), history).contains(kKill));
}

TEST_CASE("what is left counts down to nothing") {
  const Policy policy = policy_of();
  History history{seen(0, docker_default_set(), Verdict::kPassed),
                  seen(1, {}, Verdict::kFailed, {{kChown}}), seen(2, {kChown}, Verdict::kPassed)};
  CHECK(trials_left(policy, history) == 0);
  history.pop_back();
  CHECK(trials_left(policy, history) == 1);
  history.pop_back();
  // Nothing at all may pass.
  CHECK(trials_left(policy, history) == 1);
}

TEST_CASE("an answer that is taken for granted is counted with its proof") {
  // The baseline, nothing, three suspects one after another, and each member but the last again.
  const std::optional<int> left =
      trials_left({}, {kChown, kSetgid, kSetuid}, [](const History& history) {
        Step step = next(policy_of(), history, 1);
        auto* const wanted = std::get_if<RunTrials>(&step);
        return wanted == nullptr ? std::vector<TrialRequest>() : std::move(wanted->trials);
      });
  REQUIRE(left);
  CHECK(*left >= 4);
  CHECK(*left <= 8);
}

TEST_CASE("a search that takes more than a hundred trials is not counted") {
  CHECK_FALSE(trials_left({}, {}, [](const History&) {
                return std::vector<TrialRequest>{{{kChown}, Purpose::kSearch, {}}};
              }).has_value());
}

TEST_CASE("the forecast is near the truth from the third trial on, where clues are right") {
  int off = 0;
  int forecasts = 0;
  for (int needed = 0; needed <= 5; ++needed) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      SimulatedImage image = scenario(Knowledge::kClues, 14, needed, seed);
      History history;
      std::vector<std::optional<int>> told;
      for (;;) {
        Step step = next(image.policy, history, 1);
        auto* const wanted = std::get_if<RunTrials>(&step);
        if (wanted == nullptr) break;
        told.push_back(trials_left(image.policy, history));
        history.push_back(image.oracle(wanted->trials.front().grant, 0));
        history.back().trial = static_cast<int>(history.size()) - 1;
      }
      for (std::size_t at = 3; at < told.size(); ++at) {
        REQUIRE(told[at]);
        ++forecasts;
        off += std::abs(*told[at] - static_cast<int>(told.size() - at));
      }
    }
  }
  // On average less than two trials off.
  CHECK(off < 2 * forecasts);
}

}  // namespace
}  // namespace capmin
