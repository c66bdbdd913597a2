#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// Why `pattern` is not a pattern of the rule table, or an empty text when it is one.
std::string pattern_error(const std::string& pattern);

/// A pattern that matches each of `texts` literally; there must be one.
std::string literal_pattern(const std::vector<std::string>& texts);

/// A pattern that ignores case, and what its groups captured. Compiled when it is first used.
/// Thread-safe.
class Pattern {
 public:
  /// `pattern` must have no pattern_error.
  explicit Pattern(const std::string& pattern);
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

  bool matches(std::string_view line) const;
  /// The text of the group called `name` at the first match in `line`; empty when the pattern
  /// does not match, has no such group or the group took no part.
  std::string captured(std::string_view line, const std::string& name) const;
  /// `line` with every match replaced by `text`, which must not contain a backslash.
  std::string replaced(std::string_view line, const std::string& text) const;

 private:
  class Compiled;
  std::unique_ptr<const Compiled> compiled_;
};

/// Many patterns that are searched for at once.
class PatternSet {
 public:
  /// `patterns` must have no pattern_error. Throws Error kUsage when they need too much memory
  /// together.
  explicit PatternSet(const std::vector<std::string>& patterns);
  PatternSet(PatternSet&&) noexcept;
  PatternSet& operator=(PatternSet&&) noexcept;
  ~PatternSet();

  /// The indices of the patterns that match `line`, rising.
  std::vector<std::size_t> matching(std::string_view line) const;
  const Pattern& operator[](std::size_t i) const { return patterns_[i]; }

 private:
  struct Compiled;
  std::vector<Pattern> patterns_;
  std::unique_ptr<const Compiled> compiled_;
};

}  // namespace capmin
