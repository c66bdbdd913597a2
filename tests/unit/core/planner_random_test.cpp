#include "core/certificate.h"
#include "core/planner.h"
#include "unit/scenario.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

constexpr std::uint64_t kPredicates = 1000;
constexpr int kSize = 14;

/// Passes with any one of `ways` unless the grant holds all of `poison`; the ceiling passes.
struct Predicate {
  std::vector<CapabilitySet> ways;
  CapabilitySet poison;

  bool passes(CapabilitySet grant) const {
    if (grant == ceiling_of(kSize)) return true;
    if (!poison.empty() && grant.contains(poison)) return false;
    return std::ranges::any_of(ways, [grant](CapabilitySet way) { return grant.contains(way); });
  }
};

Predicate predicate(std::size_t ways, int most_together, int poison, std::uint64_t seed) {
  std::mt19937_64 random(seed * 7919 + ways);
  Predicate result;
  for (std::size_t i = 0; i < ways; ++i) {
    const int together = 1 + static_cast<int>(random() % static_cast<unsigned>(most_together));
    result.ways.push_back(sample(ceiling_of(kSize), together, random));
  }
  if (poison > 0) result.poison = sample(ceiling_of(kSize), poison, random);
  return result;
}

/// What went wrong in searches for many predicates, and the most trials beyond removal one by one.
struct Tally {
  int unfinished = 0;
  int not_minimal = 0;
  int faults = 0;
  int most_over_removal = -100;
};

Tally search_all(std::size_t ways, int most_together, int poison) {
  Tally tally;
  for (std::uint64_t seed = 0; seed < kPredicates; ++seed) {
    const Predicate image = predicate(ways, most_together, poison, seed);
    Policy policy;
    policy.ceiling = ceiling_of(kSize);
    const Run run = run_search(policy, [&image](CapabilitySet grant, int) {
      return observed(grant, image.passes(grant));
    });
    const auto* const answer = std::get_if<Minimal>(&run.end);
    if (answer == nullptr) {
      ++tally.unfinished;
      continue;
    }
    const CapabilitySet set = answer->proof.set;
    const bool minimal =
        image.passes(set) && std::ranges::none_of(set.members(), [&](Capability member) {
          return image.passes(set.without(member));
        });
    if (!minimal) ++tally.not_minimal;
    if (!find_fault(policy, run.history, *answer).empty()) ++tally.faults;
    const int removal = kSize + set.size() + 1;
    tally.most_over_removal =
        std::max(tally.most_over_removal, static_cast<int>(run.history.size()) - removal);
  }
  return tally;
}

TEST_CASE("F38: 1000 joint needs end one-minimal, within the bound") {
  const Tally tally = search_all(1, 8, 0);
  CHECK(tally.unfinished == 0);
  CHECK(tally.not_minimal == 0);
  CHECK(tally.faults == 0);
  CHECK(tally.most_over_removal <= kMostOverRemoval);
}

TEST_CASE("F38: 1000 images with alternatives end one-minimal, within the bound") {
  const Tally tally = search_all(4, 4, 0);
  CHECK(tally.unfinished == 0);
  CHECK(tally.not_minimal == 0);
  CHECK(tally.faults == 0);
  CHECK(tally.most_over_removal <= kMostOverRemoval);
}

TEST_CASE("F38: 1000 images that more capabilities break end one-minimal") {
  const Tally tally = search_all(3, 4, 3);
  CHECK(tally.unfinished == 0);
  CHECK(tally.not_minimal == 0);
  CHECK(tally.faults == 0);
  // Nothing is inferred any more: the bound of monotone predicates does not hold.
  CHECK(tally.most_over_removal <= 2 * kMostOverRemoval);
}

}  // namespace
}  // namespace capmin
