#include "core/certificate.h"
#include "core/planner.h"
#include "unit/scenario.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace capmin {
namespace {

/// Alternatives: `first` and `second` do the same, and `rest` is needed besides.
Oracle needing_either(Capability first, Capability second, CapabilitySet rest) {
  return [=](CapabilitySet grant, int) {
    return observed(grant,
                    grant.contains(rest) && (grant.contains(first) || grant.contains(second)));
  };
}

/// A predicate on 14 capabilities that is monotone hardly ever, the same for the same seed.
Oracle erratic(CapabilitySet needed, std::uint64_t seed) {
  return [=](CapabilitySet grant, int) {
    std::mt19937_64 random(seed ^ (grant.bits() * 0x9e3779b97f4a7c15U));
    random.discard(3);
    return observed(grant,
                    grant == docker_default_set() || (grant.contains(needed) && random() % 4 != 0));
  };
}

SimulatedImage arbitrary_scenario() {
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const auto knowledge =
      *rc::gen::element(Knowledge::kClues, Knowledge::kMostlyRightClues, Knowledge::kNothing,
                        Knowledge::kHostileClues, Knowledge::kScore);
  SimulatedImage image = scenario(knowledge, 14, *rc::gen::inRange(0, 8), seed);
  image.policy.confirm = *rc::gen::inRange(1, 3);
  image.policy.level =
      *rc::gen::element(Level::kOneMinimal, Level::kUnique, Level::kLeastRisk, Level::kAllMinimal);
  if (*rc::gen::inRange(0, 3) == 0) image.oracle = erratic(image.needed, seed);
  if (*rc::gen::inRange(0, 3) == 0) {
    image.oracle = needing_either(Capability::kDacOverride, Capability::kChown, image.needed);
  }
  return image;
}

/// The trials that are to run next; none where `history` decides the search.
std::vector<TrialRequest> next_trials(const Policy& policy, const History& history, int slots) {
  const Step step = next(policy, history, slots);
  const auto* const more = std::get_if<RunTrials>(&step);
  if (more == nullptr) return {};
  CHECK(!more->trials.empty());
  return more->trials;
}

std::vector<CapabilitySet> sets_of(const Minimal& answer) {
  std::vector<CapabilitySet> sets{answer.proof.set};
  for (const Proof& alternative : answer.alternatives) {
    sets.push_back(alternative.set);
  }
  return sets;
}

void check_same(const Policy& policy, const Minimal& expected, const Run& run) {
  RC_ASSERT(std::holds_alternative<Minimal>(run.end));
  const Minimal& answer = std::get<Minimal>(run.end);
  RC_ASSERT(sets_of(answer) == sets_of(expected));
  RC_ASSERT(find_fault(policy, run.history, answer) == std::string());
}

TEST_CASE("slots and the order in which trials finish do not change the answer") {
  CHECK(rc::check([] {
    const SimulatedImage image = arbitrary_scenario();
    const Run alone = run_search(image.policy, image.oracle);
    const Minimal& expected = std::get<Minimal>(alone.end);
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    for (int slots = 1; slots <= 4; ++slots) {
      check_same(image.policy, expected, run_out_of_order(image.policy, image.oracle, slots, seed));
    }
  }));
}

TEST_CASE("what is parked does not change the answer, whether it fails or passes after all") {
  CHECK(rc::check([] {
    const SimulatedImage image = arbitrary_scenario();
    const Run alone = run_search(image.policy, image.oracle);
    const Minimal& expected = std::get<Minimal>(alone.end);
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    for (int slots = 1; slots <= 3; ++slots) {
      check_same(image.policy, expected,
                 run_out_of_order(image.policy, image.oracle, slots, seed, {}, 4));
    }
  }));
}

TEST_CASE("beside a parked trial of the proof the next one runs, beside one of the search none") {
  Policy policy;
  policy.ceiling = docker_default_set();
  policy.guess = {Capability::kChown, Capability::kSetgid};
  policy.belief = Belief(0.9);
  History history{observed(policy.ceiling, true), observed(policy.guess, true)};
  history[0].trial = 1;
  history[1].trial = 2;
  const auto before = next_trials(policy, history, 1);
  REQUIRE(before.size() == 1);
  const std::vector<CapabilitySet> parked{before[0].grant};
  const Step step = next(policy, history, 1, parked);
  const std::vector<TrialRequest> beside = std::get<RunTrials>(step).trials;
  REQUIRE(beside.size() == 2);
  CHECK(beside[0] == before[0]);
  CHECK(beside[1].purpose == Purpose::kProve);
  CHECK(beside[1].grant != before[0].grant);
  const History begun{history[0]};
  const std::vector<CapabilitySet> guess{policy.guess};
  CHECK(std::get<RunTrials>(next(policy, begun, 1, guess)).trials.size() == 1);
}

TEST_CASE("a set that was proven before is proven again by one trial more than it has members") {
  const CapabilitySet needed{Capability::kChown, Capability::kSetgid, Capability::kSetuid};
  Policy policy;
  policy.ceiling = docker_default_set();
  policy.guess = needed;
  policy.proves_guess = true;
  const Oracle oracle = needing(needed, policy.ceiling, Clues::kRight);
  const Run again = run_search(policy, oracle);
  CHECK(std::get<Minimal>(again.end).proof.set == needed);
  CHECK(again.history.size() == 4);
  CHECK(std::ranges::find(again.history, policy.ceiling, &Observation::grant) ==
        again.history.end());

  policy.guess = {};
  CHECK(run_search(policy, needing({}, policy.ceiling, Clues::kRight)).history.size() == 1);
}

TEST_CASE(
    "whatever set is said to have been proven before, the answer is proven by its own trials") {
  CHECK(rc::check([] {
    SimulatedImage image = arbitrary_scenario();
    image.policy.guess =
        CapabilitySet::from_bits(*rc::gen::arbitrary<std::uint64_t>()) & image.policy.ceiling;
    image.policy.proves_guess = true;
    const Run run = run_search(image.policy, image.oracle);
    RC_ASSERT(std::holds_alternative<Minimal>(run.end));
    const Minimal& answer = std::get<Minimal>(run.end);
    RC_ASSERT(find_fault(image.policy, run.history, answer) == std::string());
  }));
}

TEST_CASE("a search that is resumed from any prefix of its history ends the same way") {
  CHECK(rc::check([] {
    const SimulatedImage image = arbitrary_scenario();
    const int slots = *rc::gen::inRange(1, 5);
    const Run whole = run_out_of_order(image.policy, image.oracle, slots, 1);
    const Minimal& expected = std::get<Minimal>(whole.end);
    History prefix;
    for (const Observation& observation : whole.history) {
      check_same(image.policy, expected,
                 run_out_of_order(image.policy, image.oracle, slots, 2, prefix));
      prefix.push_back(observation);
    }
  }));
}

TEST_CASE(
    "the same history gives the same trials, each listed once and never more than the slots") {
  CHECK(rc::check([] {
    const SimulatedImage image = arbitrary_scenario();
    const int slots = *rc::gen::inRange(1, 5);
    const Run whole = run_out_of_order(image.policy, image.oracle, slots, 1);
    History prefix;
    for (const Observation& observation : whole.history) {
      const auto first = next_trials(image.policy, prefix, slots);
      const auto second = next_trials(image.policy, prefix, slots);
      RC_ASSERT(first == second);
      RC_ASSERT(first.size() <= static_cast<std::size_t>(slots));
      for (const TrialRequest& request : first) {
        RC_ASSERT(std::ranges::count(first, request.grant, &TrialRequest::grant) == 1);
      }
      // By number, not by end: a history of another order of ends, which may need fewer trials.
      prefix.push_back(observation);
    }
    RC_ASSERT(next_trials(image.policy, prefix, slots).empty());
  }));
}

TEST_CASE("the proof fills free slots") {
  Policy policy;
  policy.ceiling = docker_default_set();
  policy.guess = {Capability::kChown, Capability::kSetgid, Capability::kSetuid};
  History history{observed(policy.ceiling, true), observed(policy.guess, true)};
  history[0].trial = 1;
  history[1].trial = 2;
  policy.belief = Belief(0.9);
  const auto trials = next_trials(policy, history, 4);
  REQUIRE(trials.size() == 3);
  for (const TrialRequest& trial : trials) {
    CHECK(trial.purpose == Purpose::kProve);
    CHECK(trial.grant == policy.guess - trial.subject);
  }
}

TEST_CASE("a trial that an earlier answer made useless is listed no more") {
  Policy policy;
  policy.ceiling = docker_default_set();
  policy.guess = {Capability::kChown, Capability::kSetgid, Capability::kSetuid};
  policy.belief = Belief(0.9);
  History history{observed(policy.ceiling, true), observed(policy.guess, true)};
  history[0].trial = 1;
  history[1].trial = 2;
  const auto before = next_trials(policy, history, 3);
  history.push_back(observed(before[0].grant, true));
  history.back().trial = 3;
  for (const TrialRequest& trial : next_trials(policy, history, 3)) {
    CHECK(before[0].grant.contains(trial.grant));
  }
}

}  // namespace
}  // namespace capmin
