#include "profile/quote.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>

namespace capmin {
namespace {

constexpr std::uint32_t kReplacement = 0xfffd;

struct Decoded {
  std::uint32_t character = kReplacement;
  std::size_t bytes = 1;
};

std::uint32_t byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

/// The character at the start of `text`, which is not empty: RFC 3629, so no overlong forms, no
/// surrogates, nothing beyond U+10FFFF. An invalid byte counts as one replacement character.
Decoded decode(std::string_view text) {
  const std::uint32_t lead = byte_at(text, 0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return {};
  std::uint32_t character = lead & (0xffU >> (length + 1));
  for (std::size_t at = 1; at < length; ++at) {
    if ((byte_at(text, at) & 0xc0U) != 0x80) return {};
    character = character << 6U | (byte_at(text, at) & 0x3fU);
  }
  constexpr std::array<std::uint32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = character >= 0xd800 && character <= 0xdfff;
  if (character < kSmallest.at(length) || surrogate || character > 0x10ffff) return {};
  return {character, length};
}

std::string escaped(std::uint32_t character) {
  std::array<char, 16> buffer{};
  const char* const form = character > 0xffff ? "\\U%08X" : "\\u%04X";
  const int size = std::snprintf(buffer.data(), buffer.size(), form, character);
  return {buffer.data(), static_cast<std::size_t>(size)};
}

}  // namespace

std::string quote(std::string_view text, QuoteFormat format) {
  std::string result = "\"";
  char previous = 0;
  while (!text.empty()) {
    const auto [character, bytes] = decode(text);
    const char letter = character < 0x80 ? static_cast<char>(character) : '\0';
    if (letter == '"' || letter == '\\') {
      result += '\\';
      result += letter;
    } else if (letter == '\n') {
      result += "\\n";
    } else if (letter == '\t') {
      result += "\\t";
    } else if (letter >= ' ' && letter <= '~' && !(letter == '#' && previous == '#')) {
      result += letter;
    } else if (character > 0xffff && format == QuoteFormat::kJson) {
      result += text.substr(0, bytes);
    } else {
      result += escaped(character);
    }
    previous = letter;
    text.remove_prefix(bytes);
  }
  return result + '"';
}

}  // namespace capmin
