#pragma once

#include "core/trace.h"

#include <optional>
#include <vector>

namespace capmin {

/// How many checks of one capability a person is told.
inline constexpr std::size_t kTellingChecks = 3;

/// The checks of `capability` with this result, those first that speak most for its need, then by
/// process and system call, so that runs which differ only in numbers tell the same; at most
/// kTellingChecks. A request for capabilities counts as a check of each: granted where it was
/// given, and kHard for those that it lacked.
std::vector<Check> telling_checks(const Trace& trace, Capability capability, CheckResult result);

/// A check that was granted, and what becomes of it without its capability.
struct UnneededCheck {
  Check used;
  std::optional<CheckResult> without;  ///< kHard goes before kSoft; nothing where nobody asked
};

/// What `baseline` was granted of capabilities outside of `set`, or asked for and is not given
/// without, beside the trace of a trial that passed with `set`: by capability; of each those first
/// whose system calls fail without it, then as telling_checks(); at most kTellingChecks.
std::vector<UnneededCheck> unneeded_checks(const Trace& baseline, const Trace& passed,
                                           CapabilitySet set);

}  // namespace capmin
