#include "diagnosis/utf8.h"

#include <cassert>

namespace capmin {

Utf8Character next_utf8(std::string_view text) {
  assert(!text.empty());
  constexpr Utf8Character kInvalid{0xfffd, 1, false};
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) {
    return {first, 1, true};
  }
  if (first < 0xc2 || first > 0xf4) {
    return kInvalid;
  }
  const std::size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (text.size() < length) {
    return kInvalid;
  }
  char32_t value = first & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) {
      return kInvalid;
    }
    value = (value << 6U) | (byte(i) & 0x3fU);
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  if (overlong || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
    return kInvalid;
  }
  return {value, length, true};
}

}  // namespace capmin
