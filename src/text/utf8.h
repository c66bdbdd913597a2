#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace capmin {

/// One character of a UTF-8 text.
struct Utf8Character {
  char32_t code = 0;      ///< Unicode code point
  std::size_t bytes = 1;  ///< its length in the text
};

/// What stands for a byte that is not UTF-8: U+FFFD, for this one byte.
constexpr Utf8Character kReplacement{0xfffd, 1};

/// The character at the start of `text`, which must not be empty; nothing where the bytes are not
/// UTF-8 as RFC 3629 has it: overlong forms, surrogates, beyond U+10FFFF, cut short.
std::optional<Utf8Character> first_character(std::string_view text);

/// The character's number as text formats write it: \u000A, \U0001F600.
std::string escaped(char32_t code);

}  // namespace capmin
