#include "text/spelling.h"

#include "text/words.h"

#include <algorithm>

namespace capmin {
namespace {

/// Nobody misspells a longer word, and the time below grows with its square.
constexpr std::size_t kLongest = 64;

/// Without what does not count.
std::string folded(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of('-'), text.size()));
  std::string result;
  for (const char letter : text) {
    const bool is_upper = letter >= 'A' && letter <= 'Z';
    result += is_upper ? static_cast<char>(letter - 'A' + 'a') : letter == '_' ? '-' : letter;
  }
  if (result.starts_with("cap-")) result.erase(0, 4);
  return result;
}

/// How many letters are wrong, missing, further or swapped with their neighbour: the distance of
/// Damerau and Levenshtein, in which no part is changed twice.
std::size_t distance(std::string_view a, std::string_view b) {
  const std::size_t width = b.size() + 1;
  std::vector<std::size_t> cells((a.size() + 1) * width);
  const auto at = [&](std::size_t i, std::size_t j) -> std::size_t& {
    return cells[i * width + j];
  };
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        at(i, j) = i + j;
        continue;
      }
      const std::size_t wrong = a[i - 1] == b[j - 1] ? 0 : 1;
      at(i, j) = std::min({at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + wrong});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        at(i, j) = std::min(at(i, j), at(i - 2, j - 2) + 1);
      }
    }
  }
  return at(a.size(), b.size());
}

/// Whether one of them is the other's beginning, or a part of it between dashes.
bool is_part(std::string_view text, std::string_view word) {
  constexpr std::size_t kShortest = 3;
  if (text.size() < kShortest || word.size() < kShortest) return false;
  return word.starts_with(text) || text.starts_with(std::string(word) + '-') ||
         text.ends_with('-' + std::string(word));
}

}  // namespace

std::vector<std::string> near_misses(std::string_view text,
                                     const std::vector<std::string_view>& words) {
  constexpr std::size_t kMost = 3;
  if (text.size() < 2 || text.size() > kLongest) return {};
  const std::string wanted = folded(text);
  std::vector<std::string> found;
  std::size_t least = kLongest;
  for (const std::string_view word : words) {
    const std::string other = folded(word);
    const std::size_t longer = std::max(wanted.size(), other.size());
    const std::size_t allowed = std::clamp<std::size_t>(longer / 3, longer > 2 ? 1 : 0, 3);
    std::size_t away = distance(wanted, other);
    if (away > allowed) {
      if (!is_part(wanted, other)) continue;
      away = allowed + 1;
    }
    if (away > least) continue;
    if (away < least) found.clear();
    least = away;
    if (found.size() < kMost) found.emplace_back(word);
  }
  return found;
}

std::string did_you_mean(std::string_view text, const std::vector<std::string_view>& words) {
  const std::vector<std::string> near = near_misses(text, words);
  return near.empty() ? "" : "did you mean " + joined(near, " or ") + '?';
}

std::string hint_for(std::string_view text, const std::vector<std::string_view>& words,
                     const std::string& hint) {
  const std::string question = did_you_mean(text, words);
  return question.empty() || hint.empty() ? question + hint : question + ' ' + hint;
}

}  // namespace capmin
