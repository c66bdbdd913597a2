#include "diagnosis/log_lines.h"


#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>

namespace capmin {
namespace {

constexpr std::size_t kMebibyte = std::size_t{1} << 20U;
constexpr std::size_t kHead = kMebibyte;
constexpr std::size_t kTail = 3 * kMebibyte;
constexpr std::size_t kHalfLine = std::size_t{8} << 10U;

void add_line(std::string_view line, std::size_t number, LogLines& lines) {
  if (!line.empty()) lines.numbers.push_back(number);
  if (line.size() > 2 * kHalfLine) {
    lines.lines.push_back(
        lines.shortened.emplace_back(std::string(line.substr(0, kHalfLine)) + " ... " +
                                     std::string(line.substr(line.size() - kHalfLine))));
  } else if (!line.empty()) {
    lines.lines.push_back(line);
  }
}

/// Calls `use` for each piece of `text` between two of `end`. Looking for one character is several
/// times faster than looking for one of two.
template <typename Use>
void split(std::string_view text, char end, const Use& use) {
  while (!text.empty()) {
    const std::size_t size = std::min(text.find(end), text.size());
    use(text.substr(0, size));
    text.remove_prefix(std::min(size + 1, text.size()));
  }
}

/// `first` is the number of the first line; 0 stands for all of them.
void add_lines(std::string_view text, std::size_t first, LogLines& lines) {
  std::size_t number = first;
  split(text, '\n', [&](std::string_view line) {
    split(line, '\r', [&](std::string_view part) { add_line(part, number, lines); });
    number += first == 0 ? 0 : 1;
  });
}

void append_utf8(std::string& out, unsigned value) {
  if (value < 0x20) {
    out += ' ';
  } else if (value < 0x80) {
    out += static_cast<char>(value);
  } else if (value < 0x800) {
    out += static_cast<char>(0xc0U | (value >> 6U));
    out += static_cast<char>(0x80U | (value & 0x3fU));
  } else {
    out += static_cast<char>(0xe0U | (value >> 12U));
    out += static_cast<char>(0x80U | ((value >> 6U) & 0x3fU));
    out += static_cast<char>(0x80U | (value & 0x3fU));
  }
}

std::optional<unsigned> four_hex_digits(std::string_view text) {
  if (text.size() < 4) {
    return std::nullopt;
  }
  unsigned value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + 4, value, 16);
  if (error != std::errc{} || stop != text.data() + 4) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

LogLines log_lines(std::string_view log) {
  LogLines lines;
  if (log.size() <= kHead + kTail) {
    add_lines(log, 1, lines);
  } else {
    add_lines(log.substr(0, kHead), 1, lines);
    add_lines(log.substr(log.size() - kTail), 0, lines);
  }
  return lines;
}

std::string unescaped(std::string_view line) {
  std::string out;
  out.reserve(line.size());
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\\' || i + 1 == line.size()) {
      out += line[i];
      continue;
    }
    const char c = line[++i];
    if (c == '"' || c == '\\' || c == '/') {
      out += c;
    } else if (c == 'n' || c == 't' || c == 'r') {
      out += ' ';
    } else if (const auto value = four_hex_digits(line.substr(i + 1)); c == 'u' && value) {
      append_utf8(out, *value);
      i += 4;
    } else {
      out += '\\';
      out += c;
    }
  }
  return out;
}

}  // namespace capmin
