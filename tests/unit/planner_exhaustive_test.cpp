#include "core/planner.h"
#include "unit/oracle.h"

#include <doctest/doctest.h>

#include <set>

namespace capmin {
namespace {

/// A predicate on four capabilities: bit i says whether the set whose word is i passes.
struct Predicate {
  std::uint32_t table;
  bool passes(CapabilitySet grant) const { return ((table >> grant.bits()) & 1U) != 0; }
};

constexpr CapabilitySet kFour = CapabilitySet::from_bits(0xf);

bool monotone(Predicate predicate) {
  for (std::uint64_t word = 0; word < 16; ++word) {
    for (std::uint64_t bit = 1; bit < 16; bit *= 2) {
      const bool below = predicate.passes(CapabilitySet::from_bits(word));
      if (below && !predicate.passes(CapabilitySet::from_bits(word | bit))) return false;
    }
  }
  return true;
}

Oracle oracle_of(Predicate predicate) {
  return [predicate](CapabilitySet grant, int) { return observed(grant, predicate.passes(grant)); };
}

bool proven(const Proof& proof, Predicate predicate) {
  bool right = predicate.passes(proof.set) && !proof.passed.empty() &&
               proof.removals.size() == static_cast<std::size_t>(proof.set.size());
  for (const Removal& removal : proof.removals) {
    right = right && removal.grant == proof.set.without(removal.without) &&
            !predicate.passes(removal.grant) && !removal.trials.empty();
  }
  return right;
}

TEST_CASE("every predicate on four capabilities ends with a proven one-minimal set") {
  Policy policy;
  policy.ceiling = kFour;
  int wrong = 0;
  std::size_t longest = 0;
  for (std::uint32_t table = 0x8000; table < 0x10000; ++table) {
    const Predicate predicate{table};
    const Run run = run_search(policy, oracle_of(predicate));
    const auto* const minimal = std::get_if<Minimal>(&run.end);
    if (minimal == nullptr || !proven(minimal->proof, predicate)) ++wrong;
    if (monotone(predicate)) longest = std::max(longest, run.history.size());
  }
  CHECK(wrong == 0);
  MESSAGE("longest " << longest);
}

TEST_CASE("a ceiling that fails twice ends the search") {
  Policy policy;
  policy.ceiling = kFour;
  const Run run = run_search(policy, oracle_of({0}));
  REQUIRE(std::holds_alternative<CeilingFails>(run.end));
  CHECK(std::get<CeilingFails>(run.end).trials == std::vector{1, 2});
}

}  // namespace
}  // namespace capmin
