#include "text/display.h"

#include "text/sanitize.h"

#include <algorithm>
#include <cwchar>
#include <locale.h>

namespace capmin {
namespace {

/// By the C library's table of Unicode, whatever locale the program runs in. What the table does
/// not know may be wide.
std::size_t width_of(char32_t code) {
  constexpr std::size_t kWidest = 2;
  if (code < 0x80) return code < 0x20 || code == 0x7f ? 0 : 1;
  static const locale_t unicode = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (unicode == nullptr) return kWidest;
  const locale_t before = ::uselocale(unicode);
  const int width = ::wcwidth(static_cast<wchar_t>(code));
  ::uselocale(before);
  return width < 0 ? kWidest : static_cast<std::size_t>(width);
}

/// A character, or a sequence that colours what follows.
struct Cell {
  std::size_t bytes = 1;
  std::size_t columns = 0;
};

Cell first_cell(std::string_view text) {
  if (text.starts_with("\x1b[")) {
    const std::size_t end = text.find_first_not_of("0123456789;", 2);
    if (end != std::string_view::npos && text[end] == 'm') return {end + 1, 0};
  }
  const auto [code, bytes] = first_character(text).value_or(kReplacement);
  return {bytes, width_of(code)};
}

/// How many bytes of `text` fit into `columns`.
std::size_t fitting(std::string_view text, std::size_t columns) {
  std::size_t taken = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Cell cell = first_cell(text.substr(at));
    taken += cell.columns;
    if (taken > columns) return at;
    at += cell.bytes;
  }
  return text.size();
}

bool may_be_command(std::string_view text) {
  return text.starts_with(':') || text.starts_with('#');
}

/// How many bytes of `word`, one at least, go into `columns` so that the rest may begin a line.
std::size_t piece_of(std::string_view word, std::size_t columns) {
  std::size_t piece = std::max(fitting(word, columns), first_cell(word).bytes);
  while (may_be_command(word.substr(piece))) {
    ++piece;
  }
  return piece;
}

std::string fold_line(std::string_view line, std::size_t columns) {
  if (columns_of(line) <= columns) return std::string(line);
  constexpr std::size_t kHang = 4;
  const std::size_t blanks = std::min(line.find_first_not_of(' '), line.size());
  const std::size_t indent = std::min(blanks, columns / 2);
  const std::string next_line = '\n' + std::string(std::min(blanks + kHang, columns / 2), ' ');
  line.remove_prefix(blanks);
  std::string result(indent, ' ');
  std::size_t column = indent;
  const auto begin_line = [&] {
    result += next_line;
    column = next_line.size() - 1;
  };
  for (bool is_first = true; !line.empty(); is_first = false) {
    std::size_t gap = std::min(line.find_first_not_of(' '), line.size());
    line.remove_prefix(gap);
    std::string_view word = line.substr(0, line.find(' '));
    line.remove_prefix(word.size());
    if (!is_first && column + gap + columns_of(word) > columns && !may_be_command(word)) {
      begin_line();
      gap = 0;
    }
    if (word.empty()) break;
    result.append(gap, ' ');
    column += gap;
    while (column + columns_of(word) > columns) {
      const std::size_t piece = piece_of(word, columns - std::min(column, columns));
      result += word.substr(0, piece);
      word.remove_prefix(piece);
      if (word.empty()) break;
      begin_line();
    }
    result += word;
    column += columns_of(word);
  }
  return result;
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Cell cell = first_cell(text);
    columns += cell.columns;
    text.remove_prefix(cell.bytes);
  }
  return columns;
}

std::string cut(std::string_view line, std::size_t columns) {
  constexpr std::string_view kDots = "...";
  if (fitting(line, columns) == line.size()) return std::string(line);
  const std::size_t dots = std::min(kDots.size(), columns);
  return std::string(line.substr(0, fitting(line, columns - dots))).append(kDots.substr(0, dots));
}

std::string fold(std::string_view text, std::size_t columns) {
  std::string result;
  for (;;) {
    const std::size_t end = text.find('\n');
    result += fold_line(text.substr(0, end), columns);
    if (end == std::string_view::npos) return result;
    result += '\n';
    text.remove_prefix(end + 1);
  }
}

}  // namespace capmin
