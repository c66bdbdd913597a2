#pragma once

#include "core/capability.h"
#include "core/enum_words.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// How a trial ended. Only a completed trial whose container started has passed or failed;
/// undecided is engine trouble, a kill for memory, a deadline of ours, a probe that cannot judge:
/// never evidence for or against a capability.
enum class Verdict { kPassed, kFailed, kUndecided };

/// The words for verdicts.
inline constexpr auto kVerdicts = std::to_array<EnumWord<Verdict>>({
    {Verdict::kPassed, "pass"},
    {Verdict::kFailed, "fail"},
    {Verdict::kUndecided, "undecided"},
});

/// The word for a verdict.
constexpr std::string_view name_of(Verdict verdict) {
  return word_of(kVerdicts, verdict);
}

/// What the planner knows of a finished trial.
struct Observation {
  int trial = 0;        ///< unique within a history
  CapabilitySet grant;  ///< what was added after --cap-drop ALL
  Verdict verdict = Verdict::kUndecided;
  /// Two failures with equal, non-empty signatures look the same to a person.
  std::string signature;
  /// What the trial's clues suspect, best first; members of one set are tried together.
  std::vector<CapabilitySet> suspects;
  /// How strongly what the trial asked of the kernel speaks for the need of each capability, 0 to
  /// 1, by its bit number; nothing where nobody looked. May be wrong.
  std::optional<Belief> traced;

  friend bool operator==(const Observation&, const Observation&) = default;
};

/// Every finished trial of a run, in the order in which the trials were asked for.
using History = std::vector<Observation>;

/// What the file of a program gives to whoever executes it.
struct ProgramPrivileges {
  /// Without these in the bounding set the program cannot be executed.
  CapabilitySet needed_to_execute;
  /// The file capabilities that it gives, as far as the bounding set holds them.
  CapabilitySet carried;
  /// It is root's and has the set-user-ID bit.
  bool setuid_root = false;
  friend bool operator==(const ProgramPrivileges&, const ProgramPrivileges&) = default;
};

}  // namespace capmin
