#pragma once

#include "core/capability.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// What must hold beside a pattern before a rule speaks.
struct RuleCondition {
  /// The group "port" must be below this. A line with a known port that is not below gives no clue
  /// at all, whatever later rules say; an unknown port still suspects.
  std::optional<int> port_below;
  /// The group "path" must begin with one of these, otherwise later rules are asked.
  std::vector<std::string> path_under;
  /// The container must have ended with one of these, otherwise later rules are asked.
  std::vector<int> exit_status;
  /// A pattern that the line must not match, otherwise later rules are asked.
  std::string without;
  /// A pattern that one of the lines close by (12 before, 6 after) must match, otherwise later
  /// rules are asked: for errors whose one line does not say what was attempted.
  std::string near;
};

/// Programs that mostly miss the same.
struct ProgramFamily {
  std::vector<std::string> names;  ///< without directories
  std::vector<CapabilitySet> suspects;
};

/// One entry of the rule table.
struct Rule {
  std::string id;                     ///< lower case words joined by "-"
  std::vector<std::string> patterns;  ///< RE2, ignoring case; one match is enough
  RuleCondition when;
  /// Best first; none for an innocent rule, and where no grant helps. An empty set stands for the
  /// capability that the group "capability" captures, "captured" in the file.
  std::vector<CapabilitySet> suspects;
  /// Whose suspects take the place of `suspects` where the group "program" captures a path or name
  /// of one of them.
  std::vector<ProgramFamily> programs;
  bool innocent = false;    ///< such a line gives no clue, not even that no grant helps
  bool vague = false;       ///< knows the error only, neither the program nor the system call
  bool optional = false;    ///< most programs that print such a line go on without
  std::string reason;       ///< why such a line speaks for the suspects, or for none
  std::string check;        ///< what to look at before granting; empty for an innocent rule
  std::string alternative;  ///< how to avoid the need; may be empty
  /// The system calls behind the line that Docker's default seccomp filter refuses; see
  /// opens_in_seccomp.
  std::vector<std::string> seccomp;
  std::vector<std::string> references;  ///< where the kernel or the manual states the condition
};

/// An error message in other languages.
struct Translation {
  std::string english;
  std::vector<std::string> forms;  ///< literal texts
};

/// Everything that a rule file says.
struct RuleFile {
  bool replace = false;  ///< stands in place of the embedded table, not before it
  std::vector<Translation> translations;
  std::vector<Rule> rules;  ///< in the order in which they are asked
};

/// Reads a rule file. Throws Error kUsage ("SOURCE:LINE:COLUMN: ...") where it is not valid:
/// wrong YAML, unknown or duplicate keys, duplicate ids, ids that are `taken` unless the file
/// replaces the table that they are of, unknown capabilities, texts unfit for a terminal, patterns
/// that RE2 refuses or that would take too much memory.
RuleFile read_rules(std::string_view yaml, std::string_view source,
                    const std::set<std::string>& taken = {});

/// The embedded rules. Their patterns are taken for valid, since a run should not spend its time on
/// what read_rules() tells in a test.
RuleFile read_embedded_rules();

}  // namespace capmin
