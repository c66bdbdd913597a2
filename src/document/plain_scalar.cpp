#include "document/plain_scalar.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace capmin {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_word_character(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

std::string in_lower_case(std::string_view scalar) {
  std::string word(scalar);
  std::ranges::transform(word, word.begin(),
                         [](char c) { return is_letter(c) ? static_cast<char>(c | 0x20) : c; });
  return word;
}

bool is_other_word(std::string_view word) {
  constexpr std::array<std::string_view, 13> kOtherwise{
      "", "~", "<<", "=", "y", "n", "yes", "no", "on", "off", "true", "false", "null"};
  return std::ranges::find(kOtherwise, word) != kOtherwise.end();
}

/// Takes the longest start of `text` that consists of `letters`, and tells how long it was.
std::size_t take(std::string_view letters, std::string_view& text) {
  const std::size_t size = std::min(text.find_first_not_of(letters), text.size());
  text.remove_prefix(size);
  return size;
}

bool take(char letter, std::string_view& text) {
  if (!text.starts_with(letter)) return false;
  text.remove_prefix(1);
  return true;
}

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kDigitsAndLines = "0123456789_";

/// "1:30" and "0:30.5", to the base of sixty; a whole number of that kind does not begin with 0.
bool is_sexagesimal(std::string_view word) {
  const bool begins_with_zero = word.starts_with('0');
  if (word.starts_with('_') || take(kDigitsAndLines, word) == 0) return false;
  int groups = 0;
  while (take(':', word)) {
    std::string_view group = word;
    group = group.substr(0, take(kDigits, word));
    if (group.empty() || group.size() > 2 || (group.size() == 2 && group.front() > '5')) {
      return false;
    }
    ++groups;
  }
  const bool has_point = take('.', word);
  if (has_point) take(kDigitsAndLines, word);
  return groups > 0 && word.empty() && (has_point || !begins_with_zero);
}

/// "1_000.5e+3", ".5", "12e3" and "7".
bool is_decimal(std::string_view word) {
  const bool has_whole = !word.starts_with('_') && take(kDigitsAndLines, word) > 0;
  const bool has_point = take('.', word);
  const bool has_part = has_point && !word.starts_with('_') && take(kDigitsAndLines, word) > 0;
  if (!has_whole && !has_part) return false;
  if (take('e', word)) {
    if (!take('+', word)) take('-', word);
    if (take(kDigits, word) == 0) return false;
  }
  return word.empty();
}

bool is_number(std::string_view word) {
  if (!take('+', word)) take('-', word);
  if (word == ".inf" || word == ".nan") return true;
  for (const auto& [prefix, digits] :
       {std::pair<std::string_view, std::string_view>{"0x", "0123456789abcdef_"},
        {"0o", "01234567_"},
        {"0b", "01_"}}) {
    if (!word.starts_with(prefix)) continue;
    std::string_view rest = word.substr(prefix.size());
    if (take(digits, rest) > 0 && rest.empty()) return true;
  }
  return is_decimal(word) || is_sexagesimal(word);
}

/// "2026-11-23", and with a time of day whatever follows: no other text begins so.
bool is_time_stamp(std::string_view word) {
  if (take(kDigits, word) != 4) return false;
  for (int i = 0; i < 2; ++i) {
    if (!take('-', word)) return false;
    const std::size_t digits = take(kDigits, word);
    if (digits != 1 && digits != 2) return false;
  }
  return word.empty() || word.front() == 't' || word.front() == ' ' || word.front() == '\t';
}

}  // namespace

bool is_plain_text(std::string_view scalar) {
  return !scalar.empty() && (is_letter(scalar.front()) || scalar.front() == '/') &&
         !is_other_word(in_lower_case(scalar));
}

bool is_string(std::string_view scalar) {
  const std::string word = in_lower_case(scalar);
  return !is_other_word(word) && !is_number(word) && !is_time_stamp(word);
}

bool is_plain_word(std::string_view scalar) {
  return scalar.size() >= 2 && is_plain_text(scalar) &&
         std::ranges::all_of(scalar, is_word_character);
}

}  // namespace capmin
