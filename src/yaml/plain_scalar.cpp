#include "yaml/plain_scalar.h"

#include <algorithm>
#include <array>
#include <string>

namespace capmin {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_word_character(char c) {
  return is_letter(c) || (c >= '0' && c <= '9');
}

}  // namespace

bool is_plain_text(std::string_view scalar) {
  if (scalar.empty() || !(is_letter(scalar.front()) || scalar.front() == '/')) return false;
  std::string word(scalar);
  std::ranges::transform(word, word.begin(),
                         [](char c) { return is_letter(c) ? static_cast<char>(c | 0x20) : c; });
  constexpr std::array<std::string_view, 9> kOtherwise{"y",   "n",    "yes",   "no",  "on",
                                                       "off", "true", "false", "null"};
  return std::ranges::find(kOtherwise, word) == kOtherwise.end();
}

bool is_plain_word(std::string_view scalar) {
  return scalar.size() >= 2 && is_plain_text(scalar) &&
         std::ranges::all_of(scalar, is_word_character);
}

}  // namespace capmin
