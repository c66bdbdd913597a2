#include "core/minimize.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace capmin {
namespace {

TEST_CASE("without cuts nothing is needed") {
  CHECK(lightest_hitting_set({}, {}).lightest == CapabilitySet{});
}

TEST_CASE("a cut without members cannot be hit") {
  const std::vector<CapabilitySet> cuts{{}};
  CHECK_FALSE(lightest_hitting_set(cuts, {}).lightest);
  CHECK_FALSE(lightest_hitting_set(cuts, {}).exhausted);
}

TEST_CASE("the lightest hitting set equals brute force on random cuts") {
  std::mt19937_64 random(1);
  for (int round = 0; round < 500; ++round) {
    std::vector<CapabilitySet> cuts;
    std::vector<CapabilitySet> excluded;
    for (std::uint64_t i = random() % 6; i > 0; --i) {
      cuts.push_back(CapabilitySet::from_bits(random() % 256));
    }
    for (std::uint64_t i = random() % 3; i > 0; --i) {
      excluded.push_back(CapabilitySet::from_bits(random() % 256));
    }
    std::optional<CapabilitySet> expected;
    for (std::uint64_t word = 0; word < 256; ++word) {
      const CapabilitySet set = CapabilitySet::from_bits(word);
      const bool hits =
          std::ranges::none_of(cuts, [set](CapabilitySet cut) { return (cut & set).empty(); });
      const bool allowed =
          std::ranges::none_of(excluded, [set](CapabilitySet out) { return set.contains(out); });
      if (!hits || !allowed) continue;
      if (!expected || std::is_lt(compare_risk(set, *expected))) expected = set;
    }
    CHECK(lightest_hitting_set(cuts, excluded).lightest == expected);
  }
}

TEST_CASE("too many combinations are given up, not answered") {
  std::vector<CapabilitySet> cuts;
  std::mt19937_64 random(1);
  for (int i = 0; i < 200; ++i) {
    std::uint64_t word = 0;
    for (int member = 0; member < 3; ++member) {
      word |= 1ULL << (random() % 41);
    }
    cuts.push_back(CapabilitySet::from_bits(word));
  }
  const HittingSet result = lightest_hitting_set(cuts, {});
  CHECK(result.exhausted);
  CHECK_FALSE(result.lightest);
}

}  // namespace
}  // namespace capmin
