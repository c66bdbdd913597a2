#include "trace/strace_log.h"

#include "text/embedded.h"
#include "text/words.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <memory>
#include <optional>
#include <sstream>

namespace capmin {
namespace {

constexpr std::size_t kLongestLine = 8192;
constexpr std::size_t kMostCalls = 512;
constexpr std::size_t kMostArguments = 160;

/// A line of strace_calls.txt.
struct Row {
  std::vector<std::string> calls;
  std::string error;             ///< empty: any denial
  std::unique_ptr<RE2> pattern;  ///< null: any arguments
  bool reads_quotes = false;
  std::vector<CapabilitySet> suspects;
};

const std::vector<Row>& table() {
  static const std::vector<Row> rows = [] {
    std::vector<Row> read;
    std::istringstream lines{std::string(embedded_strace_calls())};
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with('#')) continue;
      static const RE2 kColumns("(.*) ; (.*) ; (.*) ; (.*)");
      std::array<std::string, 4> column;
      const bool is_row =
          RE2::FullMatch(line, kColumns, &column[0], &column[1], &column[2], &column[3]);
      assert(is_row);
      if (!is_row) continue;
      Row& row = read.emplace_back();
      row.calls = split(column[0], ' ');
      if (column[1] != "-") row.error = column[1];
      if (column[2] != "-") row.pattern = std::make_unique<RE2>(column[2]);
      row.reads_quotes = column[2].find('"') != std::string::npos;
      for (const std::string& name : split(column[3], ' ')) {
        if (const auto suspect = capability_named(name)) row.suspects.push_back({*suspect});
      }
    }
    return read;
  }();
  return rows;
}

/// The text outside the quotes: what strace says, and no program chose.
std::string unquoted(const std::string& arguments) {
  static const RE2 kQuoted(R"("(?:[^"\\]|\\.)*"?)");
  std::string text = arguments;
  RE2::GlobalReplace(&text, kQuoted, "");
  return text;
}

bool fits(const Row& row, const FailedCall& call) {
  if (std::ranges::find(row.calls, call.call) == row.calls.end()) return false;
  if (!row.error.empty() && row.error != call.error) return false;
  return !row.pattern ||
         RE2::PartialMatch(row.reads_quotes ? call.arguments : unquoted(call.arguments),
                           *row.pattern);
}

/// The capabilities that `text` names, in capitals and with or without CAP_.
CapabilitySet named_in(re2::StringPiece text) {
  static const RE2 kName("([A-Z_]+)");
  CapabilitySet named;
  for (std::string name; RE2::FindAndConsume(&text, kName, &name);) {
    if (const auto capability = capability_named(name)) named = named.with(*capability);
  }
  return named;
}

/// strace prints ASCII; this holds it to that.
std::string printable(std::string text, std::size_t limit) {
  std::ranges::replace_if(
      text, [](char letter) { return letter < ' ' || letter > '~'; }, '?');
  return text.size() > limit ? text.substr(0, limit) + "..." : text;
}

/// Of the three sets of a capset(), which strace prints in full, what the process asks for: to be
/// permitted and to hand on, "permitted=1<<CAP_KILL|1<<CAP_SYS_TIME, inheritable=0". By name.
std::string asked_of(const std::string& arguments) {
  const std::size_t begin = std::min(arguments.find("permitted="), arguments.size());
  return to_string(begin == arguments.size() ? CapabilitySet{} : named_in(arguments.substr(begin)));
}

/// Whether `error` of `call` is what a process without a privilege gets: EPERM or EACCES, and for
/// calls that lock memory ENOMEM and EAGAIN, too (mlock(2)).
bool is_denial(const std::string& call, const std::string& error) {
  if (error == "EPERM" || error == "EACCES") return true;
  return (error == "ENOMEM" || error == "EAGAIN") && call.starts_with("mlock");
}

/// `PID<PROCESS> CALL(ARGUMENTS) = -1 ERROR (words)`, or the second half of a call whose first half
/// another process interrupted: `PID<PROCESS> <... CALL resumed>) = -1 ERROR (words)`; nothing for
/// every other line. The result is the last of its kind and ends the line: what stands in quotes
/// cannot come behind it.
std::optional<FailedCall> parse_line(const std::string& line) {
  static const RE2 kLine(R"re((?s)\d+(?:<([^>]*)>)? +)re"
                         R"re((?:([a-z0-9_]+)\((.*)|<\.\.\. ([a-z0-9_]+) resumed>.*)\) *)re"
                         R"re(= -1 ([A-Z0-9]+) \([^()"]*\))re");
  FailedCall call;
  std::string resumed;
  if (!RE2::FullMatch(line, kLine, &call.process, &call.call, &call.arguments, &resumed,
                      &call.error)) {
    return std::nullopt;
  }
  if (call.call.empty()) call.call = resumed;
  if (!is_denial(call.call, call.error)) return std::nullopt;
  call.arguments =
      call.call == "capset" ? asked_of(call.arguments) : printable(call.arguments, kMostArguments);
  call.process = printable(call.process, 64);
  return call;
}

}  // namespace

std::string to_text(const FailedCall& call) {
  std::string text = call.process.empty() ? "" : call.process + ": ";
  text += call.call + '(' + call.arguments + ") = " + call.error;
  if (call.count > 1) text += ", " + std::to_string(call.count) + " times";
  return text;
}

std::vector<CapabilitySet> suspects_of(const FailedCall& call) {
  // What a process asks for by name, to hold it or to hand it on: all of it at once, and it must
  // hold it already (capset(2), prctl(2)).
  const bool asks =
      call.call == "capset" ||
      (call.call == "prctl" && call.arguments.find("PR_CAP_AMBIENT_RAISE") != std::string::npos);
  if (const CapabilitySet asked = named_in(call.arguments); asks && !asked.empty()) return {asked};
  const auto row =
      std::ranges::find_if(table(), [&call](const Row& one) { return fits(one, call); });
  return row == table().end() ? std::vector<CapabilitySet>{} : row->suspects;
}

std::string traced_calls() {
  std::vector<std::string> names;
  for (const Row& row : table()) {
    for (const std::string& call : row.calls) {
      const std::string name = '?' + call;
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
  }
  return joined(names, ",");
}

void StraceLog::append(std::string_view piece) {
  while (!piece.empty()) {
    const std::size_t end = piece.find('\n');
    const std::string_view part = piece.substr(0, end);
    if (line_.size() + part.size() > kLongestLine) line_is_long_ = true;
    if (!line_is_long_) line_ += part;
    if (end == std::string_view::npos) return;
    if (!line_is_long_) take_line(line_);
    line_.clear();
    line_is_long_ = false;
    piece.remove_prefix(end + 1);
  }
}

void StraceLog::take_line(const std::string& line) {
  // It calls itself as it was started: by its path, mostly. A call's line begins with a number.
  static const RE2 kOwnWords("(?s)(?:/.*?)?strace: (.*)");
  std::string words;
  if (!RE2::FullMatch(line, kOwnWords, &words)) {
    if (auto call = parse_line(line)) keep(std::move(*call));
  } else if (words.ends_with(" attached")) {
    attached_ = true;
  } else if (complaint_.empty()) {
    complaint_ = printable(words, 200);
  }
}

void StraceLog::keep(FailedCall call) {
  const std::string key =
      call.process + '\n' + call.call + '\n' + call.error + '\n' + call.arguments;
  const auto known = places_.find(key);
  if (known != places_.end()) {
    ++calls_[known->second].count;
  } else if (calls_.size() < kMostCalls) {
    places_.emplace(key, calls_.size());
    calls_.push_back(std::move(call));
  }
}

}  // namespace capmin
