#pragma once

#include "unit/oracle.h"

namespace capmin {

/// What somebody who looks on claims to see of a trial.
enum class Sight {
  kTrue,        ///< a pass shows what is needed, a failure what of it is missing
  kEverything,  ///< all of the ceiling, in each trial
  kNothing,     ///< nothing, in any trial
  kLies,        ///< all but what is needed
  kNoise,       ///< some, and others in the next trial
};

/// The oracle with traces of every trial. What is asked for is believed needed.
inline Oracle watched(Oracle oracle, Sight sight, CapabilitySet needed, CapabilitySet ceiling,
                      std::uint64_t seed = 0) {
  return [=, oracle = std::move(oracle)](CapabilitySet grant, int nth) {
    Observation result = oracle(grant, nth);
    std::mt19937_64 random(seed ^ (grant.bits() * 0x9e3779b97f4a7c15U) ^
                           static_cast<std::uint64_t>(nth) << 50U);
    const CapabilitySet missing = grant.contains(needed) ? needed : needed - grant;
    const CapabilitySet asked = sight == Sight::kTrue         ? missing
                                : sight == Sight::kEverything ? ceiling
                                : sight == Sight::kLies       ? ceiling - needed
                                : sight == Sight::kNoise
                                    ? CapabilitySet::from_bits(random()) & ceiling
                                    : CapabilitySet{};
    result.traced.emplace();
    for (const Capability member : asked.members()) {
      (*result.traced)[member] = 0.8;
    }
    return result;
  };
}

}  // namespace capmin
