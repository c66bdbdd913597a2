#pragma once

#include "core/capability_set.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// What a trial left behind for diagnosis. All text comes from the container, the engine or the
/// probe and is hostile until sanitized.
struct Evidence {
  std::string log;  ///< the container's standard output and error, interleaved as the engine does
  std::string engine_message;  ///< the engine's words on a container that could not run, or empty
  bool exited = false;         ///< the container's first process has ended by itself
  int exit_code = 0;           ///< its exit status, where it has ended
};

/// Why a trial may have failed: what a rule made of a piece of evidence.
struct Clue {
  std::string rule;                     ///< the rule's id
  std::string line;                     ///< the line that it matched, sanitized and shortened
  std::vector<CapabilitySet> suspects;  ///< best first; members of one set are needed together
  std::string reason;                   ///< why such a line speaks for these suspects
  std::string check;                    ///< what to look at before granting anything
  std::string alternative;              ///< how to avoid the need; may be empty
};

/// The rules that turn evidence into clues.
class RuleTable {
 public:
  /// Reads rules written in YAML; `source` names them in errors (a file name).
  /// Throws Error kUsage with line and column where the text is not a valid table.
  static RuleTable parse(std::string_view yaml, std::string_view source);
  RuleTable(RuleTable&&) noexcept;
  RuleTable& operator=(RuleTable&&) noexcept;
  ~RuleTable();

  /// The clues in `evidence`, in the order of the lines that gave them; a line gives one clue at
  /// most, equal lines give one clue. Linear in the size of the evidence.
  std::vector<Clue> clues(const Evidence& evidence) const;

 private:
  struct Rules;
  explicit RuleTable(std::unique_ptr<const Rules> rules);
  std::unique_ptr<const Rules> rules_;
};

/// The suspects of `clues` in the order in which a search should try them, without repetition.
/// `exited` tells whether the container ended by itself: then its last words count most.
std::vector<CapabilitySet> ranked_suspects(const std::vector<Clue>& clues, bool exited);

/// A text that is equal for two failures which look the same to a person: how the trial ended and
/// the clues' lines, without numbers that change from run to run.
std::string failure_signature(const std::vector<Clue>& clues, const Evidence& evidence);

}  // namespace capmin
