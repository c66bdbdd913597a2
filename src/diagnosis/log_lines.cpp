#include "diagnosis/log_lines.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

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

namespace {

struct Replacement {
  std::unique_ptr<const RE2> pattern;
  const char* text;
};

/// What varies wherever it stands. A time of day alone must stand on its own: addresses and
/// places in source files have colons too.
std::vector<Replacement> make_varying() {
  const std::string month = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
  const std::string weekday = "(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +)?";
  const std::string clock = R"([0-2]?[0-9]:[0-5][0-9](?::[0-6][0-9])?(?:[.,][0-9]+)?)";
  const std::string zone = R"((?: ?(?:Z|UTC|GMT|CES?T|[+-][0-2][0-9]:?[0-5][0-9])\b)?)";
  const std::string year = "[12][0-9]{3}";
  const std::vector<std::pair<std::string, const char*>> table{
      {R"~("(?:time|ts|timestamp|@timestamp|date|datetime|asctime|[pt]id|process_id|thread_id)")~"
       R"~(\s*:\s*(?:"[^"]*"|[0-9][0-9.eE+]*)(?:\s*,\s*)?)~",
       ""},
      {R"(\b(?:time|ts|timestamp|date|t)=(?:"[0-9]{4}-[^"]*"|[0-9]{4}-\S*|[0-9]{10}\S*)\s*)", ""},
      {R"(\b)" + year + "[-/][01][0-9][-/][0-3][0-9](?:[T ] *" + clock + zone + ")?", ""},
      {R"(\b(?:)" + year + R"(\.[01][0-9]\.[0-3][0-9]|[0-9]{6}) {1,2})" + clock + zone, ""},
      {R"(\b)" + weekday + "[0-3]?[0-9][ /-]" + month + "[ /-]" + year + "(?:[ :]" + clock + zone +
           ")?",
       ""},
      {R"(\b)" + weekday + month + " {1,2}[0-3]?[0-9](?:,? " + year + ")?,? " + clock + zone +
           "(?: " + year + R"(\b)?)",
       ""},
      {R"((^|[\s(\["=])[0-2][0-9]:[0-5][0-9]:[0-6][0-9](?:[.,][0-9]+)?([\s)\]|",]|$))", R"(\1\2)"},
      {R"((?i)(\b(?:[pt]id|process|thread)[ =:#]{1,3}|/proc/)[0-9]+\b)", R"(\1N)"},
      {R"(\b0x[0-9a-fA-F]{10,16}\b)", "0x..."},
  };
  std::vector<Replacement> varying;
  for (const auto& [pattern, text] : table) {
    varying.push_back({std::make_unique<RE2>(pattern), text});
    assert(varying.back().pattern->ok());
  }
  return varying;
}

/// What stands before the message, one piece after the other.
const std::array<RE2, 9>& prefixes() {
  static const std::array<RE2, 9> all{{
      // What is left of a bracket or a column when its time is gone.
      RE2(R"((?:\[\s*\]|\(\s*\)|[|:,]|-\s)\s*)"),
      // nginx: "31#31:"; "*7" counts its connections.
      RE2(R"([0-9]+#[0-9]+:(?:\s+\*[0-9]+)?)"),
      // redis: "235:M 24 Nov 2026 07:05:00.142 #".
      RE2(R"([0-9]+:[XCSM]\s+[#*.-]\s)"),
      // Levels between a time and a message: nginx, apache; mariadb and haproxy with a number.
      RE2(R"(\[(?:[\w-]+:)?(?:emerg|alert|crit|error|warn|notice|info|debug|trace[1-8])\]\s)"
          R"(|[0-9]+ \[(?:Note|Warning|ERROR)\]\s|\[(?:NOTICE|WARNING|ALERT)\]\s+\([0-9]+\) :\s)"),
      // Numbers in brackets: processes, threads, seconds since the start or since 1970.
      RE2(R"(\[\s*(?:[pt]id )?(?:[0-9]+|N)(?:[.:][0-9]+)?(?::tid (?:[0-9]+|N))?\s*\])"),
      // mosquitto and others: seconds since 1970.
      RE2(R"(1[0-9]{9}(?:\.[0-9]+)?(?::|\s))"),
      // Threads of privoxy and OpenSSL.
      RE2(R"(7f[0-9a-f]{10}\s|[0-9A-F]{16}:)"),
      // glog: "E1124 07:05:04.123456     7 main.go:12]".
      RE2(R"([IWEF][01][0-9][0-3][0-9]\s+[0-9]+\s)"),
      // A container's host name is its id.
      RE2(R"([0-9a-f]{12}\s)"),
  }};
  return all;
}

bool consume(const RE2& piece, re2::StringPiece& text) {
  assert(piece.ok());
  return RE2::Consume(&text, piece);
}

std::string without_times(std::string_view line) {
  std::string text(line);
  static const std::vector<Replacement> varying = make_varying();
  for (const Replacement& replacement : varying) {
    RE2::GlobalReplace(&text, *replacement.pattern, replacement.text);
  }
  return text;
}

}  // namespace

std::string steady_line(std::string_view line) {
  const std::string timeless = without_times(line);
  re2::StringPiece text(timeless);
  static const RE2 blanks("\\s+");
  // Loggers put a handful of pieces before a message; more than that is the message.
  constexpr int kPieces = 8;
  bool found = true;
  for (int i = 0; i < kPieces && found; ++i) {
    consume(blanks, text);
    found = false;
    for (const RE2& piece : prefixes()) {
      found = found || consume(piece, text);
    }
  }
  consume(blanks, text);
  // syslog: "host name[123]:", and "name[123]" of programs that write their own.
  static const RE2 numbered(R"((?:([\w.-]+) )?([\w./-]+)\[[0-9]+(?::[0-9]+)?\]([: ].*))");
  std::string host;
  std::string name;
  std::string rest;
  std::string result(text);
  if (RE2::FullMatch(text, numbered, &host, &name, &rest) && (host.empty() || timeless != line)) {
    result = name + rest;
  }
  const std::size_t end = result.find_last_not_of(' ');
  return end == std::string::npos ? std::string(line) : result.substr(0, end + 1);
}

}  // namespace capmin
