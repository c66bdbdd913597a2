#include "text/utf8.h"

#include <array>
#include <cassert>
#include <cstdio>

namespace capmin {
namespace {

char32_t byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

}  // namespace

std::optional<Utf8Character> first_character(std::string_view text) {
  assert(!text.empty());
  const char32_t lead = byte_at(text, 0);
  if (lead < 0x80) return Utf8Character{lead, 1};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return std::nullopt;
  char32_t code = lead & (0xffU >> (length + 1));
  for (std::size_t at = 1; at < length; ++at) {
    if ((byte_at(text, at) & 0xc0U) != 0x80) return std::nullopt;
    code = code << 6U | (byte_at(text, at) & 0x3fU);
  }
  constexpr std::array<char32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < kSmallest.at(length) || surrogate || code > 0x10ffff) return std::nullopt;
  return Utf8Character{code, length};
}

std::string escaped(char32_t code) {
  std::array<char, 16> buffer{};
  const char* const form = code > 0xffff ? "\\U%08X" : "\\u%04X";
  const int size = std::snprintf(buffer.data(), buffer.size(), form, static_cast<unsigned>(code));
  return {buffer.data(), static_cast<std::size_t>(size)};
}

}  // namespace capmin
