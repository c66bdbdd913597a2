#include "diagnosis/ending_clue.h"

#include "diagnosis/log_lines.h"
#include "diagnosis/pattern.h"

#include <algorithm>

namespace capmin {
namespace {

constexpr int kNotExecutable = 126;

/// Tools that give files an owner or a mode, and what they and `ls -l` print of it.
bool tells_of_files_given_away(const std::string& log) {
  static const Pattern words(
      R"(\b(?:chown|chgrp|chmod|tar|cp|install|rsync|unzip|dpkg|setgid|set-group-id)\b)"
      R"(|\b(?:owner|ownership|mode) )");
  const LogLines lines = log_lines(log);
  return std::ranges::any_of(lines.lines,
                             [](std::string_view line) { return words.matches(line); });
}

}  // namespace

std::optional<Clue> ending_clue(const Evidence& evidence, const std::vector<Clue>& clues) {
  using enum Capability;
  if (!evidence.exited) return std::nullopt;
  const auto is_telling = [](const Clue& clue) { return !clue.vague && !clue.optional; };
  if (std::ranges::any_of(clues, is_telling)) return std::nullopt;
  if (evidence.exit_code == kNotExecutable) {
    return Clue{.rule = "ending-not-executable",
                .line = "exit status 126",
                .suspects = {{kDacOverride}, {kDacReadSearch}, {kNetBindService}, {kNetRaw}},
                .reason =
                    "the program may not be executed: by its mode, or because it carries file "
                    "capabilities that the container may not hold",
                .check = "has the file an execute bit for the container's user? getcap PROGRAM",
                .alternative = "chmod a+rx, or setcap -r, when the image is built",
                .vague = true};
  }
  if (evidence.exit_code == 0 && evidence.probe_failed_at_end &&
      (evidence.granted.contains(kChown) || tells_of_files_given_away(evidence.log))) {
    return Clue{.rule = "ending-silent-job",
                .line = "the job ended with status 0, and its probe failed",
                .suspects = {{kFsetid}, {kFowner}, {kChown}, {kDacOverride}},
                .reason =
                    "the job gives files away, and without FSETID their set-group-ID bits are lost "
                    "in silence",
                .check = "does the image need set-group-ID bits on these files?",
                .alternative = "set the modes when the image is built",
                .vague = true};
  }
  return std::nullopt;
}

}  // namespace capmin
