#include "core/certificate.h"
#include "core/planner.h"
#include "unit/flaky.h"
#include "unit/scenario.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

constexpr int kSeeds = 200;

/// How searches with an unreliable probe ended.
struct Tally {
  int right = 0;
  int wrong = 0;
  int given_up = 0;
  int faults = 0;
  int silent = 0;
};

/// Whether a grant passed in one trial and failed in another.
bool mixed(const History& history) {
  return std::ranges::any_of(history, [&history](const Observation& one) {
    return std::ranges::any_of(history, [&one](const Observation& other) {
      return one.grant == other.grant && one.verdict == Verdict::kPassed &&
             other.verdict == Verdict::kFailed;
    });
  });
}

Tally search_with(Knowledge knowledge, unsigned percent, int confirm) {
  Tally tally;
  for (const int needed : {0, 1, 3, 6}) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      SimulatedImage image = scenario(knowledge, 14, needed, seed);
      image.policy.confirm = confirm;
      const Run run = run_search(image.policy, failing_at_random(image.oracle, percent, seed), 1);
      const auto* const answer = std::get_if<Minimal>(&run.end);
      if (answer == nullptr) {
        ++tally.given_up;
        continue;
      }
      ++(answer->proof.set == image.needed ? tally.right : tally.wrong);
      if (!find_fault(image.policy, run.history, *answer).empty()) ++tally.faults;
      if (mixed(run.history) && (answer->stable || answer->confirmations < 2)) ++tally.silent;
    }
  }
  return tally;
}

/// A single spurious error, in trial number `nth` of the run, whatever its grant.
Oracle with_one_error(const Oracle& oracle, int nth) {
  return [oracle, nth, count = std::make_shared<int>(0)](CapabilitySet grant, int again) {
    Observation result = oracle(grant, again);
    if (++*count == nth && result.verdict == Verdict::kPassed) {
      result = observed(grant, false);
      result.signature = "probe timed out";
    }
    return result;
  };
}

TEST_CASE("a single spurious failure while searching is repaired by the proof") {
  for (int needed = 0; needed <= 6; ++needed) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      for (int nth = 1; nth <= 2 * needed + 2; ++nth) {
        const SimulatedImage image = scenario(Knowledge::kMostlyRightClues, 14, needed, seed);
        const Run run = run_search(image.policy, with_one_error(image.oracle, nth));
        REQUIRE(std::holds_alternative<Minimal>(run.end));
        CHECK(std::get<Minimal>(run.end).proof.set == image.needed);
      }
    }
  }
}

TEST_CASE(
    "F35: a probe that fails spuriously in 5 of 100 trials hardly ever misleads a default search") {
  for (const Knowledge knowledge : {Knowledge::kClues, Knowledge::kMostlyRightClues}) {
    const Tally tally = search_with(knowledge, 5, 1);
    CHECK(tally.wrong <= 8);  // of 800
    CHECK(tally.given_up <= 8);
    CHECK(tally.faults == 0);
    CHECK(tally.silent == 0);
  }
  // Where no failure ever names a reason, a spurious one looks like any other.
  CHECK(search_with(Knowledge::kNothing, 5, 1).wrong <= 32);
}

TEST_CASE("F35: confirmed three times, errors in 5 of 100 trials give the right set") {
  for (const Knowledge knowledge :
       {Knowledge::kClues, Knowledge::kMostlyRightClues, Knowledge::kNothing}) {
    const Tally tally = search_with(knowledge, 5, 3);
    CHECK(tally.wrong == 0);
    CHECK(tally.given_up <= 8);
    CHECK(tally.faults == 0);
  }
}

TEST_CASE(
    "F35: confirmed four times, errors in 20 of 100 trials give the right set or an honest end") {
  for (const Knowledge knowledge :
       {Knowledge::kClues, Knowledge::kMostlyRightClues, Knowledge::kNothing}) {
    const Tally tally = search_with(knowledge, 20, 4);
    CHECK(tally.wrong <= 8);
    CHECK(tally.right >= 600);
    CHECK(tally.faults == 0);
    CHECK(tally.silent == 0);
  }
}

TEST_CASE("F35: confirmed seven times, a coin for a probe gives the right set or an honest end") {
  const Tally tally = search_with(Knowledge::kMostlyRightClues, 50, 7);
  CHECK(tally.wrong <= 8);
  CHECK(tally.given_up >= 400);
  CHECK(tally.faults == 0);
}

}  // namespace
}  // namespace capmin
