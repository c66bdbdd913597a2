#include "diagnosis/steady_line.h"

#include <re2/re2.h>

#include <array>
#include <cassert>
#include <memory>
#include <utility>
#include <vector>

namespace capmin {
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
