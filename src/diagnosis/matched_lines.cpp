#include "diagnosis/matched_lines.h"

#include <algorithm>
#include <utility>

namespace capmin {

MatchedLines::MatchedLines(std::vector<std::string_view> lines, const PatternSet& own,
                           const PatternSet& near)
    : lines_(std::move(lines)), own_(own), near_(near) {}

const std::vector<std::size_t>& MatchedLines::find(Window& window, const PatternSet& patterns,
                                                   std::size_t i) {
  Found& found = window[i % window.size()];
  if (found.line != i) {
    found = {i, patterns.matching(lines_[i])};
  }
  return found.patterns;
}

const std::vector<std::size_t>& MatchedLines::own(std::size_t i) {
  return find(own_found_, own_, i);
}

bool MatchedLines::matches_own(std::size_t i, std::size_t pattern) {
  return std::ranges::binary_search(own(i), pattern);
}

bool MatchedLines::matches_near(std::size_t i, std::size_t pattern) {
  return std::ranges::binary_search(find(near_found_, near_, i), pattern);
}

}  // namespace capmin
