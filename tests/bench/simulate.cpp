// Simulates searches. Without an argument it prints what they cost: the mean over many images of
// the trials and, for capmin, of the rounds at one and at four slots. "flaky" prints what becomes
// of them where the probe fails for no reason.

#include "bench/flaky_table.h"
#include "bench/rivals.h"
#include "unit/scenario.h"

#include <cstdio>
#include <set>
#include <string_view>

namespace capmin {
namespace {

constexpr int kImages = 200;
constexpr int kMostNeeded = 6;

struct Row {
  const char* name;
  std::function<double(int size, int needed)> cost;
};

double capmin_cost(Knowledge knowledge, int size, int needed, int slots, bool rounds) {
  double sum = 0;
  for (std::uint64_t seed = 0; seed < kImages; ++seed) {
    const SimulatedImage image = scenario(knowledge, size, needed, seed);
    const Run run = run_search(image.policy, image.oracle, slots);
    sum += rounds ? run.rounds : static_cast<double>(run.history.size());
  }
  return sum / kImages;
}

double rival_cost(CapabilitySet (*search)(CapabilitySet, const Predicate&), int size, int needed) {
  double sum = 0;
  for (std::uint64_t seed = 0; seed < kImages; ++seed) {
    const SimulatedImage image = scenario(Knowledge::kNothing, size, needed, seed);
    std::set<CapabilitySet> asked;
    search(image.policy.ceiling, [&](CapabilitySet grant) {
      asked.insert(grant);
      return grant.contains(image.needed);
    });
    sum += static_cast<double>(asked.size());
  }
  return sum / kImages;
}

void print(const Row& row, int size) {
  std::printf("%-44s", row.name);
  for (int needed = 0; needed <= kMostNeeded; ++needed) {
    std::printf("%7.1f", row.cost(size, needed));
  }
  std::printf("\n");
}

std::vector<Row> rows() {
  std::vector<Row> result{
      {"the floor", [](int, int needed) { return needed + 1.0; }},
      {"add one by one, blind", [](int n, int k) { return rival_cost(add_blindly, n, k); }},
      {"remove one by one", [](int n, int k) { return rival_cost(remove_one_by_one, n, k); }},
      {"ddmin", [](int n, int k) { return rival_cost(ddmin, n, k); }},
      {"QuickXplain", [](int n, int k) { return rival_cost(quick_xplain, n, k); }},
  };
  const auto add = [&result](const char* name, Knowledge knowledge, int slots, bool rounds) {
    result.push_back(
        {name, [=](int n, int k) { return capmin_cost(knowledge, n, k, slots, rounds); }});
  };
  add("capmin, clues always right", Knowledge::kClues, 1, false);
  add("capmin, first suspect right 80 %", Knowledge::kMostlyRightClues, 1, false);
  add("capmin, no clues", Knowledge::kNothing, 1, false);
  add("capmin, hostile clues", Knowledge::kHostileClues, 1, false);
  add("capmin, good score", Knowledge::kScore, 1, false);
  add("4 slots: clues always right, trials", Knowledge::kClues, 4, false);
  add("4 slots: clues always right, rounds", Knowledge::kClues, 4, true);
  add("4 slots: first suspect right 80 %, trials", Knowledge::kMostlyRightClues, 4, false);
  add("4 slots: first suspect right 80 %, rounds", Knowledge::kMostlyRightClues, 4, true);
  add("4 slots: no clues, trials", Knowledge::kNothing, 4, false);
  add("4 slots: no clues, rounds", Knowledge::kNothing, 4, true);
  add("4 slots: hostile clues, trials", Knowledge::kHostileClues, 4, false);
  add("4 slots: hostile clues, rounds", Knowledge::kHostileClues, 4, true);
  add("4 slots: good score, trials", Knowledge::kScore, 4, false);
  add("4 slots: good score, rounds", Knowledge::kScore, 4, true);
  return result;
}

void print_cost_tables() {
  for (const int size : {14, 41}) {
    std::printf("n = %d; trials, mean of %d images%17s", size, kImages, "k =");
    for (int needed = 0; needed <= kMostNeeded; ++needed) {
      std::printf("%7d", needed);
    }
    std::printf("\n");
    for (const Row& row : rows()) {
      print(row, size);
    }
    std::printf("\n");
  }
}

}  // namespace
}  // namespace capmin

int main(int argc, char** argv) {
  if (argc == 1) {
    capmin::print_cost_tables();
  } else if (argc == 2 && std::string_view(argv[1]) == "flaky") {
    capmin::print_flaky_table();
  } else {
    (void)std::fprintf(stderr, "usage: simulate [flaky]\n");
    return 2;
  }
  return 0;
}
