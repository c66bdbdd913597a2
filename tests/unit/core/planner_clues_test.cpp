#include "core/certificate.h"
#include "core/planner.h"
#include "unit/scenario.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <array>
#include <map>

namespace capmin {
namespace {

/// Needs `needed`, and fails with whatever `seed` makes up: useless, helpful, ever new or never
/// changing signatures and suspects.
Oracle with_arbitrary_clues(CapabilitySet needed, std::uint64_t seed) {
  return [=](CapabilitySet grant, int) {
    Observation result = observed(grant, grant.contains(needed));
    if (result.verdict == Verdict::kPassed) return result;
    std::mt19937_64 random(seed ^ (grant.bits() * 0x9e3779b97f4a7c15U));
    random.discard(3);
    const std::uint64_t signatures = std::array<std::uint64_t, 4>{1, 2, 5, ~0ULL}.at(seed % 4);
    result.signature = std::to_string(random() % signatures);
    for (std::uint64_t i = random() % 6; i > 0; --i) {
      result.suspects.push_back(CapabilitySet::from_bits(random() & random() & random() & random() &
                                                         ceiling_of(41).bits()));
    }
    return result;
  };
}

/// How many grants were run more than once.
int repeated_grants(const History& history) {
  std::map<CapabilitySet, int> count;
  for (const Observation& observation : history) {
    ++count[observation.grant];
  }
  return static_cast<int>(
      std::ranges::count_if(count, [](const auto& entry) { return entry.second > 1; }));
}

void check_search(const SimulatedImage& image) {
  const Run run = run_search(image.policy, image.oracle);
  RC_ASSERT(std::holds_alternative<Minimal>(run.end));
  const Minimal& answer = std::get<Minimal>(run.end);
  RC_ASSERT(answer.proof.set == image.needed);
  RC_ASSERT(find_fault(image.policy, run.history, answer) == std::string());
  RC_ASSERT(answer.monotone);
  RC_ASSERT(answer.stable);
  const int removal = image.policy.ceiling.size() + image.needed.size() + 1;
  RC_ASSERT(static_cast<int>(run.history.size()) <= removal + kMostOverRemoval);
  // The doubts of minimize.cpp: a few members whose failure named no reason, and each member of the
  // answer whose failure led the search on.
  RC_ASSERT(repeated_grants(run.history) <= 3 + image.needed.size());

  // The answer so far is a set that passes, whenever the search is cut short.
  History prefix;
  for (const Observation& observation : run.history) {
    prefix.push_back(observation);
    const std::optional<CapabilitySet> best = best_so_far(prefix);
    RC_ASSERT(best.has_value());
    RC_ASSERT(best->contains(image.needed));
  }
}

SimulatedImage arbitrary_scenario(int size) {
  const int needed = *rc::gen::inRange(0, size + 1);
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const auto knowledge =
      *rc::gen::element(Knowledge::kClues, Knowledge::kMostlyRightClues, Knowledge::kNothing,
                        Knowledge::kHostileClues, Knowledge::kScore);
  SimulatedImage image = scenario(knowledge, size, needed, seed);
  if (*rc::gen::arbitrary<bool>()) image.oracle = with_arbitrary_clues(image.needed, seed);
  if (*rc::gen::arbitrary<bool>()) {
    image.policy.guess = CapabilitySet::from_bits(*rc::gen::arbitrary<std::uint64_t>());
  }
  return image;
}

TEST_CASE("with right clues a search takes two trials for each member and one more") {
  for (const int size : {14, 41}) {
    for (int needed = 1; needed <= 6; ++needed) {
      const SimulatedImage image = scenario(Knowledge::kClues, size, needed, 7);
      CHECK(run_search(image.policy, image.oracle).history.size() ==
            2 * static_cast<std::size_t>(needed) + 1);
    }
  }
}

TEST_CASE("an image that needs nothing takes one trial beyond the baseline") {
  const SimulatedImage image = scenario(Knowledge::kNothing, 14, 0, 1);
  const Run run = run_search(image.policy, image.oracle);
  CHECK(run.history.size() == 2);
  CHECK(std::get<Minimal>(run.end).proof.set.empty());
  CHECK(std::get<Minimal>(run.end).unique);
}

TEST_CASE("a refuted suspect is replaced by the next, not kept") {
  Policy policy;
  policy.ceiling = docker_default_set();
  const Oracle oracle = [](CapabilitySet grant, int) {
    Observation result = observed(grant, grant.contains(Capability::kSetuid));
    result.signature = "the same";
    result.suspects = {{Capability::kKill}, {Capability::kSetuid}};
    return result;
  };
  const Run run = run_search(policy, oracle);
  REQUIRE(run.history.size() == 4);
  CHECK(run.history[2].grant == CapabilitySet{Capability::kKill});
  CHECK(run.history[3].grant == CapabilitySet{Capability::kSetuid});
}

TEST_CASE("suspects of one clue that are needed together are tried together") {
  Policy policy;
  policy.ceiling = docker_default_set();
  const CapabilitySet both{Capability::kSetgid, Capability::kSetuid};
  const Oracle oracle = [both](CapabilitySet grant, int) {
    Observation result = observed(grant, grant.contains(both));
    result.suspects = {both};
    return result;
  };
  CHECK(run_search(policy, oracle).history[2].grant == both);
}

TEST_CASE("what a good score believes needed is tried at once") {
  Policy policy;
  policy.ceiling = docker_default_set();
  policy.guess = {Capability::kChown, Capability::kSetuid};
  const Run run = run_search(policy, needing(policy.guess, policy.ceiling, Clues::kAbsent));
  CHECK(run.history.size() == 4);
  CHECK(std::get<Minimal>(run.end).proof.set == policy.guess);
}

TEST_CASE("whatever is believed, 14 capabilities end with the right set and a bounded cost") {
  CHECK(rc::check([] { check_search(arbitrary_scenario(14)); }));
}

TEST_CASE("whatever is believed, 41 capabilities end with the right set and a bounded cost") {
  CHECK(rc::check([] { check_search(arbitrary_scenario(41)); }));
}

TEST_CASE("hostile clues never cost more than removal one by one and the cap") {
  for (const int size : {4, 8, 14, 41}) {
    for (int needed = 0; needed <= size; needed += 1 + size / 14) {
      for (std::uint64_t seed = 0; seed < 10; ++seed) {
        SimulatedImage image = scenario(Knowledge::kHostileClues, size, needed, seed);
        const int limit = size + needed + 1 + kMostOverRemoval;
        CHECK(std::ssize(run_search(image.policy, image.oracle).history) <= limit);
        image.oracle = with_arbitrary_clues(image.needed, seed);
        CHECK(std::ssize(run_search(image.policy, image.oracle).history) <= limit);
      }
    }
  }
}

}  // namespace
}  // namespace capmin
