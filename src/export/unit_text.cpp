#include "export/unit_text.h"

#include <algorithm>

namespace capmin {

bool is_plain_in_unit(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') ||
           std::string_view("._-/:@=,+").find(letter) != std::string_view::npos;
  });
}

std::optional<std::string> unit_word(std::string_view text) {
  if (is_plain_in_unit(text)) return std::string(text);
  const bool is_printable =
      std::ranges::all_of(text, [](char letter) { return letter >= ' ' && letter <= '~'; });
  if (!is_printable || text == ";" || text.find("##") != std::string_view::npos) {
    return std::nullopt;
  }
  std::string quoted = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') quoted += '\\';
    if (letter == '%' || letter == '$') quoted += letter;
    quoted += letter;
  }
  return quoted + '"';
}

}  // namespace capmin
