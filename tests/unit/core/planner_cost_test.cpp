#include "core/planner.h"
#include "unit/scenario.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

constexpr int kImages = 100;
constexpr int kMostNeeded = 6;

/// Means over many images.
struct Cost {
  double trials = 0;
  double rounds = 0;
};

Cost mean_cost(Knowledge knowledge, int size, int needed, int slots) {
  Cost sum;
  for (std::uint64_t seed = 0; seed < kImages; ++seed) {
    const SimulatedImage image = scenario(knowledge, size, needed, seed);
    const Run run = run_search(image.policy, image.oracle, slots);
    sum.trials += static_cast<double>(run.history.size());
    sum.rounds += run.rounds;
  }
  return {sum.trials / kImages, sum.rounds / kImages};
}

double floor_of(int needed) {
  return needed + 1.0;
}

TEST_CASE("clues right in 80 of 100 cases cost at most 2.5 times the floor") {
  for (const int size : {14, 41}) {
    for (int needed = 1; needed <= kMostNeeded; ++needed) {
      CHECK(mean_cost(Knowledge::kMostlyRightClues, size, needed, 1).trials <=
            2.5 * floor_of(needed));
    }
  }
}

TEST_CASE("a good score costs at most 1.8 times the floor") {
  for (const int size : {14, 41}) {
    for (int needed = 1; needed <= kMostNeeded; ++needed) {
      CHECK(mean_cost(Knowledge::kScore, size, needed, 1).trials <= 1.8 * floor_of(needed));
    }
  }
}

TEST_CASE("with a good score four slots take at most five rounds") {
  for (const int size : {14, 41}) {
    for (int needed = 0; needed <= kMostNeeded; ++needed) {
      CHECK(mean_cost(Knowledge::kScore, size, needed, 4).rounds <= 5);
    }
  }
}

TEST_CASE("few needed capabilities cost far less than removal one by one even without clues") {
  CHECK(mean_cost(Knowledge::kNothing, 41, 1, 1).trials <= 12);
  CHECK(mean_cost(Knowledge::kNothing, 41, 3, 1).trials <= 28);
  CHECK(mean_cost(Knowledge::kNothing, 41, 4, 1).trials <= 33);
  CHECK(mean_cost(Knowledge::kNothing, 14, 1, 1).trials <= 10);
}

TEST_CASE("slots never add rounds") {
  for (const Knowledge knowledge :
       {Knowledge::kMostlyRightClues, Knowledge::kNothing, Knowledge::kScore}) {
    for (int needed = 0; needed <= kMostNeeded; ++needed) {
      const double one = mean_cost(knowledge, 14, needed, 1).rounds;
      CHECK(mean_cost(knowledge, 14, needed, 4).rounds <= one);
    }
  }
}

}  // namespace
}  // namespace capmin
