#include "text/words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

namespace capmin {

std::string seconds_text(double seconds) {
  std::array<char, 40> buffer{};
  const int size = std::snprintf(buffer.data(), buffer.size(), seconds < 9.95 ? "%.1f s" : "%.0f s",
                                 std::fmin(std::fmax(seconds, 0), 1e9));
  return {buffer.data(), static_cast<std::size_t>(size)};
}

std::string about(double seconds) {
  constexpr double kMinute = 60;
  constexpr double kHour = 3600;
  if (seconds < 1.5 * kMinute) return "about " + std::to_string(std::lround(seconds)) + " s";
  if (seconds < 1.5 * kHour) {
    return "about " + std::to_string(std::lround(seconds / kMinute)) + " min";
  }
  const long tenths = std::lround(seconds / kHour * 10);
  return "about " + std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " h";
}

std::string joined(const std::vector<std::string>& texts, std::string_view between) {
  std::string result;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) result += between;
    result += texts[i];
  }
  return result;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::pair<std::string, std::string> split_at(std::string_view text, char separator) {
  const std::size_t at = text.find(separator);
  if (at == std::string_view::npos) return {std::string(text), {}};
  return {std::string(text.substr(0, at)), std::string(text.substr(at + 1))};
}

namespace {

constexpr std::size_t kWidestMiddle = 40;
constexpr std::size_t kGap = 4;
/// The last column stands below the others where it has no room for so many characters beside them.
constexpr std::size_t kLeastText = 40;

std::size_t widest(const std::vector<std::string>& lines) {
  std::size_t result = 0;
  for (const std::string& line : lines) {
    result = std::max(result, line.size());
  }
  return result;
}

std::string padded(std::string_view text, std::size_t width) {
  std::string result(text);
  result.resize(std::max(width, text.size()), ' ');
  return result;
}

std::string_view line_at(const std::vector<std::string>& lines, std::size_t at) {
  return at < lines.size() ? std::string_view(lines[at]) : std::string_view();
}

}  // namespace

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (text.empty()) return lines;
    const std::string_view word = text.substr(0, text.find(' '));
    const bool fits = !lines.empty() && lines.back().size() + 1 + word.size() <= width;
    // CI systems execute lines that begin with "::", blanks before it or not.
    if (fits || (!lines.empty() && word.starts_with("::"))) {
      lines.back().append(" ").append(word);
    } else {
      lines.emplace_back(word);
    }
    text.remove_prefix(word.size());
  }
}

void Columns::add(std::string label, std::string middle, std::string text) {
  rows_.push_back({std::move(label), std::move(middle), std::move(text)});
}

std::string Columns::to_string(std::size_t width) const {
  std::size_t label_width = 0;
  std::size_t middle_width = 0;
  for (const Row& row : rows_) {
    label_width = std::max(label_width, row.label.size());
    middle_width = std::max(middle_width, widest(wrap(row.middle, kWidestMiddle)));
  }
  const std::size_t begin = 2 + label_width + 1;
  const bool is_narrow = width < begin + middle_width + kGap + kLeastText;
  const std::size_t indent = begin + (is_narrow ? 0 : middle_width + kGap);
  const std::size_t text_width = std::max(width, indent + 1) - indent;
  std::string result;
  for (const Row& row : rows_) {
    std::vector<std::string> middle = wrap(row.middle, is_narrow ? text_width : kWidestMiddle);
    std::vector<std::string> text = wrap(row.text, text_width);
    if (is_narrow) middle.insert(middle.end(), text.begin(), text.end());
    if (is_narrow) text.clear();
    for (std::size_t at = 0; at < std::max(middle.size(), text.size()); ++at) {
      std::string line = "  " + padded(at == 0 ? row.label : "", label_width) + ' ' +
                         padded(line_at(middle, at), indent - begin);
      line += line_at(text, at);
      line.erase(line.find_last_not_of(' ') + 1);
      result += line + '\n';
    }
  }
  return result;
}

}  // namespace capmin
