#pragma once

#include <cstddef>
#include <string_view>

namespace capmin {

/// One character of a text that may not be valid UTF-8.
struct Utf8Character {
  char32_t value;      ///< the code point; U+FFFD for a byte that is not part of valid UTF-8
  std::size_t length;  ///< how many bytes it takes, at least 1
  bool valid;          ///< the bytes are valid UTF-8 (RFC 3629: no surrogates, shortest form)
};

/// The first character of `text`, which must not be empty.
Utf8Character next_utf8(std::string_view text);

}  // namespace capmin
