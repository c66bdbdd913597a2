#include "yaml/quote.h"

#include "core/utf8.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>

namespace capmin {
namespace {

bool is_printable(char letter) {
  return letter >= ' ' && letter <= '~';
}

std::string escaped(char32_t code) {
  std::array<char, 16> buffer{};
  const char* const form = code > 0xffff ? "\\U%08X" : "\\u%04X";
  const int size = std::snprintf(buffer.data(), buffer.size(), form, static_cast<unsigned>(code));
  return {buffer.data(), static_cast<std::size_t>(size)};
}

}  // namespace

std::string quote(std::string_view text, QuoteFormat format) {
  std::string result = "\"";
  char previous = 0;
  while (!text.empty()) {
    const auto [code, bytes] = first_character(text).value_or(kReplacement);
    const char letter = code < 0x80 ? static_cast<char>(code) : '\0';
    if (letter == '"' || letter == '\\') {
      result += '\\';
      result += letter;
    } else if (letter == '\n') {
      result += "\\n";
    } else if (letter == '\t') {
      result += "\\t";
    } else if (is_printable(letter) && !(letter == '#' && previous == '#')) {
      result += letter;
    } else if (code > 0xffff && format == QuoteFormat::kJson) {
      result += text.substr(0, bytes);
    } else {
      result += escaped(code);
    }
    previous = letter;
    text.remove_prefix(bytes);
  }
  return result + '"';
}

std::string shown(std::string_view text) {
  const std::string_view start = text.substr(std::min(text.find_first_not_of(' '), text.size()));
  const bool harmless = text.find("##") == std::string_view::npos && !start.starts_with("::");
  if (harmless && std::ranges::all_of(text, is_printable)) return std::string(text);
  return quote(text, QuoteFormat::kYaml);
}

std::string excerpt(std::string_view text) {
  constexpr std::size_t kLimit = 60;
  std::string result = quote(text.substr(0, kLimit), QuoteFormat::kYaml);
  return text.size() > kLimit ? result + "..." : result;
}

}  // namespace capmin
