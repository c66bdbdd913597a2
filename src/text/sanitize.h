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

/// One line of hostile text made fit for a terminal or a file: escape sequences (CSI, OSC and their
/// C1 forms), control characters and bidirectional controls are removed, invalid UTF-8 becomes
/// U+FFFD, line breaks and tabs become blanks, blanks at both ends go. At most `limit` bytes, cut
/// at a character with "..." at the end.
std::string sanitize(std::string_view hostile, std::size_t limit = 400);

/// Untrusted text with everything that acts unseen made visible, for formats that escape what is
/// markup to them: control characters, line breaks, bidirectional controls, characters without a
/// glyph and those that XML refuses become \u000A and the like; invalid UTF-8 becomes U+FFFD. Of
/// two number signs in a row the second becomes \u0023, because CI systems execute "##"; of a text
/// that begins with "::", which they execute too, the first colon becomes \u003A.
std::string visible(std::string_view untrusted);

}  // namespace capmin
