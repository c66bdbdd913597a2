#pragma once

#include "unit/oracle.h"

#include <algorithm>
#include <random>

namespace capmin {

/// What a simulated search knows beforehand and is told on the way.
enum class Knowledge { kClues, kMostlyRightClues, kNothing, kHostileClues, kScore };

/// A simulated image and the policy it is searched with.
struct SimulatedImage {
  Policy policy;
  CapabilitySet needed;
  Oracle oracle;
};

/// The ceiling of `size` capabilities: Docker's for 14, all for 41.
inline CapabilitySet ceiling_of(int size) {
  if (size == 14) return docker_default_set();
  return CapabilitySet::from_bits((std::uint64_t{1} << static_cast<unsigned>(size)) - 1);
}

/// `size` random members of `set`.
inline CapabilitySet sample(CapabilitySet set, int size, std::mt19937_64& random) {
  std::vector<Capability> members = set.members();
  std::shuffle(members.begin(), members.end(), random);
  CapabilitySet result;
  for (int i = 0; i < size; ++i) {
    result = result.with(members[static_cast<std::size_t>(i)]);
  }
  return result;
}

/// A score as a trace gives it: it misses a needed member in 5 of 100 cases, and in 30 of 100
/// images it names one that is not needed.
inline void give_score(SimulatedImage& scenario, std::mt19937_64& random) {
  const CapabilitySet others = scenario.policy.ceiling - scenario.needed;
  for (const Capability member : scenario.policy.ceiling.members()) {
    double& belief = scenario.policy.belief[member];
    belief = scenario.needed.contains(member) && random() % 100 >= 5 ? 0.9 : 0.05;
  }
  if (!others.empty() && random() % 100 < 30) {
    const Capability decoy = sample(others, 1, random).members().front();
    scenario.policy.belief[decoy] = 0.6;
  }
  for (const Capability member : scenario.policy.ceiling.members()) {
    if (scenario.policy.belief[member] < 0.5) continue;
    scenario.policy.guess = scenario.policy.guess.with(member);
  }
}

/// An image that needs `needed_count` of the `size` capabilities of the ceiling.
inline SimulatedImage scenario(Knowledge knowledge, int size, int needed_count,
                               std::uint64_t seed) {
  std::mt19937_64 random(seed * 1000 + static_cast<std::uint64_t>(size * 50 + needed_count));
  SimulatedImage result;
  result.policy.ceiling = ceiling_of(size);
  result.needed = sample(result.policy.ceiling, needed_count, random);
  if (knowledge == Knowledge::kScore) give_score(result, random);
  const Clues clues = knowledge == Knowledge::kClues          ? Clues::kRight
                      : knowledge == Knowledge::kNothing      ? Clues::kAbsent
                      : knowledge == Knowledge::kHostileClues ? Clues::kHostile
                                                              : Clues::kMostlyRight;
  result.oracle = needing(result.needed, result.policy.ceiling, clues, random());
  return result;
}

}  // namespace capmin
