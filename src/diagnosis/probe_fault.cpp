#include "diagnosis/probe_fault.h"

#include "diagnosis/log_lines.h"
#include "diagnosis/pattern.h"
#include "text/sanitize.h"

namespace capmin {
namespace {

constexpr int kNotExecutable = 126;
constexpr int kNotFound = 127;

/// The forms of dash, bash, busybox, zsh and env(1), of the engines' exec, and of the interpreters
/// that probes are mostly written for.
const Pattern& fault() {
  static const Pattern pattern(
      R"(^\S*(?:sh|probe|check|health)[^\s:]*: (?:line )?(?:[0-9]+: ){0,2}\S+: not found$)"
      R"(|^\S+: (?:line )?[0-9]+: (?:\S+: )?\S+: not found$|: inaccessible or not found$)"
      R"(|: command not found\b|\bcommand not found: |: required file not found$)"
      R"(|\bexecutable file (?:[`'"][^`'"]*[`'"] )?not found in \$PATH)"
      R"(|^\S*env: \S+: No such file or directory$)"
      R"(|: bad interpreter\b|: cannot execute\b|\bexec format error\b)"
      R"(|: (?:line )?[0-9]+: syntax error\b|\bsyntax error near unexpected token\b)"
      R"(|\bunexpected EOF while looking for matching\b)"
      R"(|^(?:Syntax|Indentation|Import|ModuleNotFound)Error: )"
      R"(|^Error: Cannot find module |^Can't locate \S+ in @INC\b|^PHP Parse error: )"
      R"(|: cannot load such file -- |^Could not open input file: )");
  return pattern;
}

/// What a grant may lift, and what tells of a service's answer rather than of the script that reads
/// it.
bool is_judgement(std::string_view line) {
  static const Pattern words(R"(permission denied|operation not permitted|\bJSON\b)");
  return words.matches(line);
}

}  // namespace

std::optional<std::string> probe_fault(std::string_view output, std::optional<int> exit) {
  const LogLines lines = log_lines(output);
  for (const std::string_view line : lines.lines) {
    if (fault().matches(line) && !is_judgement(line)) return sanitize(line);
  }
  if (exit != kNotExecutable && exit != kNotFound) return std::nullopt;
  if (lines.lines.empty()) return "exit status " + std::to_string(*exit);
  if (is_judgement(lines.lines.back())) return std::nullopt;
  return sanitize(lines.lines.back());
}

}  // namespace capmin
