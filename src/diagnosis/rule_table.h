#pragma once

#include "diagnosis/clue.h"
#include "diagnosis/pattern.h"
#include "diagnosis/rule.h"
#include "diagnosis/secrets.h"

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace capmin {

/// The lines of a log and which patterns match each. Rules with a condition on what surrounds a
/// line ask about the same lines again and again: what was found is kept for a while.
class MatchedLines {
 public:
  /// How many lines before a line, and after it, can surround it.
  static constexpr std::size_t kBefore = 12;
  static constexpr std::size_t kAfter = 6;

  /// The bytes of `lines` and the patterns must outlive this.
  MatchedLines(std::vector<std::string_view> lines, const PatternSet& own, const PatternSet& near);

  std::size_t size() const { return lines_.size(); }
  std::string_view operator[](std::size_t i) const { return lines_[i]; }
  /// The patterns of the rules themselves that match line `i`, rising; valid until a line is asked
  /// about that is further away than lines can surround each other.
  const std::vector<std::size_t>& own(std::size_t i);
  /// Whether line `i` matches `pattern` of the rules themselves, or of the conditions.
  bool matches_own(std::size_t i, std::size_t pattern);
  bool matches_near(std::size_t i, std::size_t pattern);

 private:
  static constexpr std::size_t kNoLine = -1;
  struct Found {
    std::size_t line = kNoLine;
    std::vector<std::size_t> patterns;
  };
  /// Room for a line and all that can surround it.
  using Window = std::array<Found, kBefore + 1 + kAfter>;
  const std::vector<std::size_t>& find(Window& window, const PatternSet& patterns, std::size_t i);

  std::vector<std::string_view> lines_;
  const PatternSet& own_;
  const PatternSet& near_;
  Window own_found_;
  Window near_found_;
};

/// The rules that turn evidence into clues.
class RuleTable {
 public:
  /// Reads rules written in YAML; `source` names them in errors (a file name).
  /// Throws Error kUsage with line and column where the text is not a valid table.
  static RuleTable parse(std::string_view yaml, std::string_view source);
  /// The embedded table.
  static RuleTable embedded();
  /// The embedded table, extended or replaced by a rule file: its rules are asked first.
  /// Throws Error kUsage with line and column where the file is not valid.
  static RuleTable extended(std::string_view yaml, std::string_view source);
  RuleTable(RuleTable&&) noexcept;
  RuleTable& operator=(RuleTable&&) noexcept;
  ~RuleTable();

  /// The clues in `evidence`, in the order of the lines that gave them, the engine's message last.
  /// A line gives one clue at most; lines that are equal once normalized give one clue for a rule.
  /// Rules see the lines as they are; in the clues `secrets` and secrets of common shapes are
  /// masked. At most 200 clues: the first and the last 100. Linear in the size of the evidence.
  std::vector<Clue> clues(const Evidence& evidence, const Secrets& secrets = {}) const;

  /// What the table makes of one line of a log.
  struct Decision {
    std::string_view line;                ///< as it stands in the log: hostile
    const Rule* rule = nullptr;           ///< the rule that decides; null where none matches
    std::vector<CapabilitySet> suspects;  ///< none where the line speaks for none
  };
  /// Calls `visit` for the lines of `log` that are looked at (log_lines), in their order. How the
  /// container ended is not known then, and conditions on its exit status are not asked.
  void decide_each(std::string_view log, const std::function<void(const Decision&)>& visit) const;

  /// Whether the table holds nothing but what a rule file says.
  bool replaces() const;

  /// The rules in the order in which they are asked.
  const std::vector<Rule>& rules() const;

  /// The rule that decides about one line on its own, innocent rules included; null when none
  /// matches. Conditions on a port and on an exit status are not asked.
  const Rule* rule_for(std::string_view line) const;

 private:
  struct Compiled;
  explicit RuleTable(std::unique_ptr<const Compiled> compiled);
  std::unique_ptr<const Compiled> compiled_;
};

/// The rules that suspect the capability before all others; where there is none, those that
/// suspect it at all. Vague rules say nothing about a capability. They live as long as the table.
std::vector<const Rule*> rules_about(Capability capability, const RuleTable& table);

}  // namespace capmin
