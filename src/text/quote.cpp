#include "text/quote.h"

#include "text/sanitize.h"

#include <algorithm>
#include <cstddef>

namespace capmin {
namespace {

bool is_printable(char letter) {
  return letter >= ' ' && letter <= '~';
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

bool is_shell_word(std::string_view text) {
  return std::ranges::all_of(text, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') ||
           std::string_view("@%_+=:,./-").find(letter) != std::string_view::npos;
  });
}

std::string shell_quoted(std::string_view word) {
  const bool shows_itself = visible(word) == word;
  if (shows_itself && !word.empty() && is_shell_word(word)) return std::string(word);
  std::string text = shows_itself ? "'" : "$'";
  char previous = 0;
  for (const char letter : word) {
    if (letter == '\'' && shows_itself) {
      text += "'\\''";
    } else if (shows_itself) {
      text += letter;
    } else if (!is_printable(letter) || ((letter == '#' || letter == ':') && letter == previous)) {
      const auto byte = static_cast<unsigned char>(letter);
      text += '\\';
      for (const unsigned shift : {6U, 3U, 0U}) {
        text += static_cast<char>('0' + ((byte >> shift) & 7U));
      }
    } else {
      if (letter == '\'' || letter == '\\') text += '\\';
      text += letter;
    }
    previous = letter;
  }
  return text + '\'';
}

std::string shell_quoted(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : " ") + shell_quoted(word);
  }
  return text;
}

std::string excerpt(std::string_view text) {
  constexpr std::size_t kLimit = 60;
  std::string result = quote(text.substr(0, kLimit), QuoteFormat::kYaml);
  return text.size() > kLimit ? result + "..." : result;
}

}  // namespace capmin
