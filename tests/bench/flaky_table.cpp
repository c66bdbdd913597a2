#include "bench/flaky_table.h"

#include "unit/flaky.h"
#include "unit/scenario.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <string>

namespace capmin {
namespace {

constexpr int kImages = 200;
constexpr int kMostNeeded = 6;
constexpr int kCeiling = 14;
constexpr std::array kKnowledge{Knowledge::kClues, Knowledge::kMostlyRightClues,
                                Knowledge::kNothing};
constexpr std::array kConfirm{1, 2, 3, 4, 7};
constexpr std::array kPercent{5U, 10U, 20U, 50U};
constexpr int kSearches = static_cast<int>(kKnowledge.size()) * (kMostNeeded + 1) * kImages;

/// How kSearches searches ended, where not with the right set.
struct Tally {
  int wrong = 0;
  int without = 0;
};

Tally tally_of(unsigned percent, int confirm) {
  Tally tally;
  for (const Knowledge knowledge : kKnowledge) {
    for (int needed = 0; needed <= kMostNeeded; ++needed) {
      for (std::uint64_t seed = 0; seed < kImages; ++seed) {
        SimulatedImage image = scenario(knowledge, kCeiling, needed, seed);
        image.policy.confirm = confirm;
        const Run run = run_search(image.policy, failing_at_random(image.oracle, percent, seed));
        const auto* const answer = std::get_if<Minimal>(&run.end);
        if (answer == nullptr) {
          ++tally.without;
        } else if (answer->proof.set != image.needed) {
          ++tally.wrong;
        }
      }
    }
  }
  return tally;
}

/// In per cent of kSearches. "0" says that there was none at all.
std::string share(int count) {
  if (count == 0) return "0";
  const long tenths = std::lround(1000.0 * count / kSearches);
  if (tenths == 0) return "<0.1";
  return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10);
}

}  // namespace

void print_flaky_table() {
  std::printf("n = %d; %% of wrong sets / %% of runs without an answer, of %d searches each\n",
              kCeiling, kSearches);
  std::printf("failing for no reason   --confirm");
  for (const int confirm : kConfirm) {
    std::printf("%13d", confirm);
  }
  std::printf("\n");
  for (const unsigned percent : kPercent) {
    std::printf("%19u %%%12s", percent, "");
    for (const int confirm : kConfirm) {
      const Tally tally = tally_of(percent, confirm);
      std::printf("%13s", (share(tally.wrong) + " / " + share(tally.without)).c_str());
    }
    std::printf("\n");
  }
}

}  // namespace capmin
