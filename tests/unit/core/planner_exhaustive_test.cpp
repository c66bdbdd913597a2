#include "core/certificate.h"
#include "core/planner.h"
#include "unit/oracle.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

constexpr CapabilitySet kFour = CapabilitySet::from_bits(0xf);
constexpr std::uint32_t kFullPasses = 0x8000;

/// A predicate on four capabilities: bit i says whether the set whose word is i passes.
struct Predicate {
  std::uint32_t table;

  bool passes(CapabilitySet grant) const { return ((table >> grant.bits()) & 1U) != 0; }

  bool monotone() const {
    for (std::uint64_t word = 0; word < 16; ++word) {
      for (std::uint64_t bit = 1; bit < 16; bit *= 2) {
        const bool below = passes(CapabilitySet::from_bits(word));
        if (below && !passes(CapabilitySet::from_bits(word | bit))) return false;
      }
    }
    return true;
  }

  bool one_minimal(CapabilitySet set) const {
    return passes(set) && std::ranges::none_of(set.members(), [&](Capability member) {
             return passes(set.without(member));
           });
  }

  /// Every minimal set, by brute force; the least risky one in front.
  std::vector<CapabilitySet> minimal_sets() const {
    std::vector<CapabilitySet> sets;
    for (std::uint64_t word = 0; word < 16; ++word) {
      if (one_minimal(CapabilitySet::from_bits(word))) {
        sets.push_back(CapabilitySet::from_bits(word));
      }
    }
    std::ranges::sort(
        sets, [](CapabilitySet a, CapabilitySet b) { return std::is_lt(compare_risk(a, b)); });
    return sets;
  }
};

std::vector<Predicate> monotone_predicates() {
  std::vector<Predicate> predicates;
  for (std::uint32_t table = kFullPasses; table < 2 * kFullPasses; ++table) {
    if (Predicate{table}.monotone()) predicates.push_back({table});
  }
  return predicates;
}

Oracle oracle_of(Predicate predicate) {
  return [predicate](CapabilitySet grant, int) { return observed(grant, predicate.passes(grant)); };
}

/// Fails with suspects that `word` scrambles, some of them above the ceiling.
Oracle with_arbitrary_clues(Predicate predicate, std::uint64_t word) {
  return [=](CapabilitySet grant, int) {
    Observation result = observed(grant, predicate.passes(grant));
    if (result.verdict == Verdict::kPassed) return result;
    std::mt19937_64 random(word * 16 + grant.bits());
    result.signature = std::to_string(random() % 3);
    for (std::uint64_t i = random() % 5; i > 0; --i) {
      result.suspects.push_back(CapabilitySet::from_bits(random() % 32));
    }
    return result;
  };
}

Policy policy_of(Level level, std::uint64_t guess = 0) {
  Policy policy;
  policy.ceiling = kFour;
  policy.level = level;
  policy.guess = CapabilitySet::from_bits(guess);
  return policy;
}

std::vector<CapabilitySet> reported_sets(const Minimal& answer) {
  std::vector<CapabilitySet> sets{answer.proof.set};
  for (const Proof& alternative : answer.alternatives) {
    sets.push_back(alternative.set);
  }
  std::ranges::sort(
      sets, [](CapabilitySet a, CapabilitySet b) { return std::is_lt(compare_risk(a, b)); });
  return sets;
}

TEST_CASE("there are 167 monotone predicates on four capabilities in which something passes") {
  CHECK(monotone_predicates().size() == 167);
}

TEST_CASE("every predicate, monotone or not, ends at every level with a proof that holds") {
  int ended_otherwise = 0;
  int not_minimal = 0;
  std::string fault;
  for (std::uint32_t table = kFullPasses; table < 2 * kFullPasses; ++table) {
    for (const EnumWord<Level>& each : kLevels) {
      const Level level = each.value;
      const Policy policy = policy_of(level, table % 16);
      const Run run = run_search(policy, with_arbitrary_clues({table}, table));
      const auto* const answer = std::get_if<Minimal>(&run.end);
      if (answer == nullptr) {
        ++ended_otherwise;
        continue;
      }
      if (!Predicate{table}.one_minimal(answer->proof.set)) ++not_minimal;
      if (fault.empty()) fault = find_fault(policy, run.history, *answer);
    }
  }
  CHECK(ended_otherwise == 0);
  CHECK(not_minimal == 0);
  CHECK(fault == "");
}

TEST_CASE("what is claimed beyond one-minimal equals brute force on every monotone predicate") {
  for (const Predicate predicate : monotone_predicates()) {
    const std::vector<CapabilitySet> truth = predicate.minimal_sets();
    for (const EnumWord<Level>& each : kLevels) {
      const Level level = each.value;
      for (std::uint64_t guess = 0; guess < 16; ++guess) {
        const Policy policy = policy_of(level, guess);
        const Run run = run_search(policy, with_arbitrary_clues(predicate, guess));
        REQUIRE(std::holds_alternative<Minimal>(run.end));
        const Minimal& answer = std::get<Minimal>(run.end);
        REQUIRE(find_fault(policy, run.history, answer) == "");
        REQUIRE(answer.complete);
        REQUIRE(answer.monotone);
        REQUIRE(answer.stable);
        if (answer.unique || level != Level::kOneMinimal) {
          REQUIRE(answer.unique == (truth.size() == 1));
        }
        if (level == Level::kUnique) REQUIRE(answer.alternatives.empty() == answer.unique);
        if (level == Level::kLeastRisk) REQUIRE(answer.proof.set == truth.front());
        if (level == Level::kAllMinimal) REQUIRE(reported_sets(answer) == truth);
        if (answer.other_pass) REQUIRE(truth.size() > 1);
      }
    }
  }
}

TEST_CASE("a predicate that was seen not to be monotone is called so, and nothing is inferred") {
  int seen = 0;
  int silent = 0;
  for (std::uint32_t table = kFullPasses; table < 2 * kFullPasses; ++table) {
    const Policy policy = policy_of(Level::kAllMinimal);
    const Run run = run_search(policy, oracle_of({table}));
    const Minimal& answer = std::get<Minimal>(run.end);
    bool contradiction = false;
    for (const Observation& pass : run.history) {
      for (const Observation& failure : run.history) {
        contradiction = contradiction ||
                        (pass.verdict == Verdict::kPassed && failure.verdict == Verdict::kFailed &&
                         failure.grant.contains(pass.grant));
      }
    }
    if (contradiction) ++seen;
    if (contradiction && (answer.monotone || answer.unique || answer.complete)) ++silent;
  }
  CHECK(seen > 1000);
  CHECK(silent == 0);
}

TEST_CASE("no grant of a monotone predicate runs twice except to confirm") {
  for (const Predicate predicate : monotone_predicates()) {
    Policy policy = policy_of(Level::kAllMinimal);
    History history;
    Step step = next(policy, history, 1);
    while (const auto* const more = std::get_if<RunTrials>(&step)) {
      const TrialRequest& request = more->trials.front();
      const bool again =
          std::ranges::find(history, request.grant, &Observation::grant) != history.end();
      REQUIRE(again == (request.purpose == Purpose::kConfirm));
      history.push_back(observed(request.grant, predicate.passes(request.grant)));
      history.back().trial = static_cast<int>(history.size());
      step = next(policy, history, 1);
    }
  }
}

}  // namespace
}  // namespace capmin
