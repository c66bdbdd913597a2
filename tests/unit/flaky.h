#pragma once

#include "unit/oracle.h"

namespace capmin {

/// The oracle with `percent` of its passing trials failing for no reason and without a clue.
inline Oracle failing_at_random(Oracle oracle, unsigned percent, std::uint64_t seed) {
  return [=, oracle = std::move(oracle)](CapabilitySet grant, int nth) {
    Observation result = oracle(grant, nth);
    std::mt19937_64 random(seed ^ (grant.bits() * 0x9e3779b97f4a7c15U) ^
                           static_cast<std::uint64_t>(nth) << 50U);
    random.discard(3);
    if (result.verdict == Verdict::kPassed && random() % 100 < percent) {
      result.verdict = Verdict::kFailed;
      result.signature = "probe timed out";
    }
    return result;
  };
}

}  // namespace capmin
