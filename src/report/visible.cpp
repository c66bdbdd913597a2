#include "report/visible.h"

#include "core/utf8.h"

#include <array>
#include <cstdio>

namespace capmin {
namespace {

bool in(char32_t code, char32_t first, char32_t last) {
  return code >= first && code <= last;
}

/// Cc, Cf, Zl, Zp and the noncharacters of Unicode; lone surrogates are no UTF-8.
bool acts_unseen(char32_t code) {
  return code < 0x20 || in(code, 0x7f, 0x9f) || code == 0xad || in(code, 0x600, 0x605) ||
         code == 0x61c || code == 0x6dd || code == 0x70f || code == 0x180e ||
         in(code, 0x200b, 0x200f) || in(code, 0x2028, 0x202e) || in(code, 0x2060, 0x206f) ||
         code == 0xfeff || in(code, 0xfff0, 0xfffb) || in(code, 0xfdd0, 0xfdef) ||
         (code & 0xfffeU) == 0xfffeU || in(code, 0xe0000, 0xe0fff);
}

std::string escaped(char32_t code) {
  std::array<char, 16> buffer{};
  const char* const form = code > 0xffff ? "\\U%08X" : "\\u%04X";
  const int size = std::snprintf(buffer.data(), buffer.size(), form, static_cast<unsigned>(code));
  return {buffer.data(), static_cast<std::size_t>(size)};
}

}  // namespace

std::string visible(std::string_view untrusted) {
  std::string result;
  const std::size_t start = untrusted.find_first_not_of(' ');
  const bool is_command =
      start != std::string_view::npos && untrusted.substr(start).starts_with("::");
  char32_t previous = 0;
  for (std::size_t at = 0; at < untrusted.size();) {
    const auto character = first_character(untrusted.substr(at));
    const auto [code, bytes] = character.value_or(kReplacement);
    if (!character) {
      result += "\xef\xbf\xbd";
    } else if (acts_unseen(code) || (code == '#' && previous == '#') ||
               (is_command && at == start)) {
      result += escaped(code);
    } else {
      result += untrusted.substr(at, bytes);
    }
    previous = code;
    at += bytes;
  }
  return result;
}

}  // namespace capmin
