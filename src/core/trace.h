#pragma once

#include "core/capability.h"
#include "core/enum_words.h"

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// What became of the question whether a process has a capability.
enum class CheckResult {
  kGranted,  ///< it has
  kSoft,     ///< it has not, and its system call went on, or failed for another reason
  kHard,     ///< it has not, and its system call failed with EPERM or EACCES
};

/// The words for results of checks.
inline constexpr auto kCheckResults = std::to_array<EnumWord<CheckResult>>({
    {CheckResult::kGranted, "granted"},
    {CheckResult::kSoft, "denied-soft"},
    {CheckResult::kHard, "denied-hard"},
});

/// The word for a result.
constexpr std::string_view name_of(CheckResult result) {
  return word_of(kCheckResults, result);
}

/// Checks of one capability that were alike.
struct Check {
  Capability capability{};
  CheckResult result = CheckResult::kGranted;
  std::string call;     ///< name of the system call; empty outside of any
  std::string process;  ///< the name that the process had; hostile
  std::uint64_t count = 0;

  friend auto operator<=>(const Check&, const Check&) = default;
};

/// A change of its own capabilities that a process asked for: all of `asked` to hold it, by
/// capset(2), or to hand it on, by PR_CAP_AMBIENT_RAISE of prctl(2). The kernel gives the whole or
/// nothing, EPERM, and checks no single capability for it: what is asked must be held (permitted).
/// Requests that were alike.
struct CapabilityRequest {
  std::string call;     ///< capset or prctl
  std::string process;  ///< the name that the process had; hostile
  CapabilitySet asked;
  CapabilitySet held;  ///< what the process was permitted before
  bool is_given = false;
  std::uint64_t count = 0;

  /// What was asked and is not held: why it was not given, where anything was.
  CapabilitySet lacking() const { return is_given ? CapabilitySet{} : asked - held; }

  friend auto operator<=>(const CapabilityRequest&, const CapabilityRequest&) = default;
};

/// What the kernel was asked on behalf of a container's processes during a trial. It orders what is
/// tried and explains what was found; it proves nothing.
struct Trace {
  std::vector<Check> checks;  ///< sorted, without repetition
  /// The files that were executed, as the kernel names them, the first 64; sorted, hostile.
  std::vector<std::string> programs{};
  /// What the files of these programs carry, and must be in the bounding set to execute them: no
  /// check shows that (capabilities(7)). Nothing as long as nobody has looked.
  std::optional<CapabilitySet> carried{};
  std::uint64_t lost = 0;  ///< checks, requests and processes that could not be noted
  std::vector<CapabilityRequest> requests{};  ///< sorted, without repetition

  friend bool operator==(const Trace&, const Trace&) = default;
};

/// The capabilities that `trace` shows with this result.
CapabilitySet checked(const Trace& trace, CheckResult result);

/// What requests asked for in vain.
CapabilitySet lacking(const Trace& trace);

/// `trace` with each process named as `name` says; checks that become alike by that are one.
Trace with_names(const Trace& trace, const std::function<std::string(const std::string&)>& name);

/// How strongly a check speaks for the need of its capability, 0 to 1, by what its system call does
/// when it is refused; at least kBelieved where it should be tried.
double belief_of(const Check& check);
inline constexpr double kBelieved = 0.5;
/// Below kBelieved, but at least this: it may be needed.
inline constexpr double kDoubted = 0.3;

/// The same of a request that was given, for each capability that it asked for: a program may have
/// named what it wants, and end when it does not get it, or kept some of what it happened to hold.
/// 0 where it kept more than two thirds of what it held: who gives up some means those.
double belief_of(const CapabilityRequest& request);

/// What a trace makes of each capability, by its bit number: that of the check or request that
/// speaks most for it, or of a file that carries it; little where it was always refused; 0 where
/// there was none.
Belief belief_of(const Trace& trace);

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
