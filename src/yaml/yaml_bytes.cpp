#include "yaml/yaml_bytes.h"

#include "text/utf8.h"

#include <algorithm>

namespace capmin {
namespace {

using namespace std::string_view_literals;

constexpr char32_t kLineSeparator = 0x2028;
constexpr char32_t kParagraphSeparator = 0x2029;

/// Characters that some terminal acts on, or that one YAML parser takes for a line break and the
/// next one does not.
bool is_forbidden(char32_t code) {
  const bool blank = code == '\t' || code == '\n' || code == '\r';
  const bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
  const bool byte_order_mark = code == 0xfeff;
  const bool bidirectional =
      (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  return (control && !blank) || byte_order_mark || bidirectional || code == kLineSeparator ||
         code == kParagraphSeparator;
}

/// yaml-cpp keeps every token from the opening of a flow list to its end: 240 bytes for each.
bool makes_token(char c) {
  return "[]{},:?\"'&*!"sv.find(c) != std::string_view::npos;
}

void check_start(std::string_view text, std::string_view source) {
  constexpr const char* kHint = "save the file as UTF-8 without a byte order mark";
  if (text.starts_with("\xef\xbb\xbf")) fail_at(source, {}, "starts with a byte order mark", kHint);
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
    fail_at(source, {}, "is UTF-16 or UTF-32, not UTF-8", kHint);
  }
}

}  // namespace

void check_yaml_bytes(std::string_view text, std::string_view source, const YamlLimits& limits) {
  if (text.size() > limits.bytes) {
    fail_at(source, {}, "is larger than " + std::to_string(limits.bytes) + " bytes");
  }
  check_start(text, source);
  if (std::ranges::count_if(text, makes_token) > std::ptrdiff_t{2} * limits.values) {
    fail_at(source, {},
            "has more than " + std::to_string(2 * limits.values) +
                " brackets, commas, colons and quotes");
  }
  YamlPosition position;
  while (!text.empty()) {
    const auto character = first_character(text);
    if (!character) fail_at(source, position, "is not UTF-8");
    if (character->code == 0) fail_at(source, position, "holds a NUL: no text file");
    if (is_forbidden(character->code)) {
      fail_at(source, position, "holds a control character",
              "in double quotes it can be written as \\uXXXX");
    }
    position.column += static_cast<int>(character->bytes);
    if (character->code == '\n') position = {position.line + 1, 1};
    text.remove_prefix(character->bytes);
  }
}

}  // namespace capmin
