#pragma once

#include "core/capability.h"
#include "core/trial.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace capmin {

/// What a trial left behind for diagnosis. All text comes from the container, the engine or the
/// probe and is hostile until sanitized.
struct Evidence {
  std::string log;  ///< the container's standard output and error, interleaved as the engine does
  std::string engine_message;  ///< the engine's words on a container that could not run, or empty
  bool exited = false;         ///< the container's first process has ended by itself
  int exit_code = 0;           ///< its exit status, where it has ended
  bool probe_failed_at_end = false;  ///< it was a job, and its probe failed after the end
  CapabilitySet granted = {};        ///< what the trial granted
};

/// The words that stand in the place of a rule's id in clues which no rule gave: what strace saw
/// fail, what the kernel was seen to deny, and the last new line of a log that no rule knows.
inline constexpr const char* kStraceRule = "strace";
inline constexpr const char* kKernelRule = "kernel";
inline constexpr const char* kLastLineRule = "last-line";

/// Why a trial may have failed: what a rule made of a piece of evidence.
struct Clue {
  std::string rule;  ///< the rule's id
  std::string line;  ///< the line that it matched: sanitized, steady and shortened
  /// Best first; members of one set are needed together. None where no grant can help.
  std::vector<CapabilitySet> suspects;
  std::string reason;       ///< why such a line speaks for these suspects
  std::string check;        ///< what to look at before granting anything
  std::string alternative;  ///< how to avoid the need; may be empty
  bool vague = false;  ///< the rule knows the error only, neither the program nor the system call
  /// Whose execution was refused or, of a vague clue, who complains, as the line names it; hostile;
  /// mostly empty.
  std::string program = {};
  std::vector<std::string> seccomp = {};  ///< Rule::seccomp
  bool optional = false;                  ///< Rule::optional
  std::size_t line_number = 0;            ///< LogLines::numbers; 0 for the engine's message, too
};

/// Whether strace or the kernel gave the clue. Such clues are no part of what a failure looks like:
/// what they show differs from start to start.
bool is_watched(const Clue& clue);

/// `line` without what changes from run to run: numbers, hexadecimal words, names of days and
/// months become "#". Lines that look the same to a person become equal.
std::string normalized(const std::string& line);

/// `line` with one digit in place of all others: two lines that become equal here do so once
/// normalized, too. Several times faster than that.
std::string with_equal_digits(std::string line);

/// A suspect, and the clue that names it first.
struct Lead {
  const Clue* clue = nullptr;
  CapabilitySet suspect;
};

/// ranked_suspects(), each with its clue. They live as long as `clues`.
std::vector<Lead> ranked_leads(const std::vector<Clue>& clues, bool exited);

/// The suspects of `clues` in the order in which a search should try them, without repetition.
/// Every clue's first suspect comes before any clue's second one, and within a round exact lines
/// come before what was watched, then those that most programs do without, then vague ones.
/// `exited` tells whether the container ended by itself: then its last words are the fatal ones and
/// count most. In a container that still runs the first error is the cause and the later ones
/// follow from it.
std::vector<CapabilitySet> ranked_suspects(const std::vector<Clue>& clues, bool exited);

/// Moves the suspects within `expected`, which other evidence speaks for, to the front of a vague
/// clue's suspects; an exact one knows better.
void expect_suspects(CapabilitySet expected, Clue& clue);

/// A text that is equal for two failures which look the same to a person: how the trial ended and
/// the normalized lines of the clues that are not watched, in any order.
std::string failure_signature(const std::vector<Clue>& clues, const Evidence& evidence);

/// Suspects on one line, best first: "NET_RAW, NET_ADMIN+NET_RAW"; "(captured)" for the empty set,
/// which stands in a rule for the capability that a line names; "(none)" for none.
std::string suspects_text(const std::vector<CapabilitySet>& suspects);

/// The clue that lies in how a trial ended, for trials whose lines gave `clues`: nothing where one
/// of those is exact and not optional, or where the ending speaks for nothing.
///  - Exit status 126, a shell's and an engine's word for a program that may not be executed
///    (POSIX, Shell Command Language 2.8.2).
///  - A job that ended with status 0 and whose probe fails, although CHOWN was granted or the log
///    tells of files given away: without FSETID the kernel drops their set-group-ID bits and says
///    nothing (chmod(2)).
std::optional<Clue> ending_clue(const Evidence& evidence, const std::vector<Clue>& clues);

/// Sharpens a clue by what the file of the program that its line names gives: the words of a
/// refused execution name no capability, and those of a vague line don't either.
///  - A program that may not be executed is suspected to lack what its file carries.
///  - One that complains of EPERM without saying more is suspected to lack the file capabilities
///    that it relies on; if it is setuid root, what a change of identity takes, which is what most
///    such programs are for (su, sudo, mount).
void add_program(const ProgramPrivileges& program, Clue& clue);

}  // namespace capmin
