#pragma once

#include "diagnosis/pattern.h"

#include <array>
#include <cstddef>
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

}  // namespace capmin
