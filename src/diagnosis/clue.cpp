#include "diagnosis/clue.h"

#include "diagnosis/log_lines.h"
#include "diagnosis/pattern.h"

#include <re2/re2.h>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <iterator>
#include <set>

namespace capmin {

std::string normalized(const std::string& line) {
  static const RE2 varying(
      R"((?i)\b(?:mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\b)"
      R"(|0x[0-9a-f]+|\b[0-9a-f]{8,}\b|[0-9]+(?:[.,:TZ+-]+[0-9]+)*Z?)");
  assert(varying.ok());
  std::string text = line;
  RE2::GlobalReplace(&text, varying, "#");
  return text;
}

std::string with_equal_digits(std::string line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    // The 0 of "0x" begins a hexadecimal number, another digit there does not.
    const bool is_prefix = line[i] == '0' && i + 1 < line.size() && (line[i + 1] | 0x20) == 'x';
    if (line[i] >= '0' && line[i] <= '9' && !is_prefix) line[i] = '1';
  }
  return line;
}

bool is_watched(const Clue& clue) {
  return clue.rule == kStraceRule || clue.rule == kKernelRule;
}

namespace {

/// How much weaker a clue is than a line that says what was refused.
int weakness(const Clue& clue) {
  return clue.vague ? 3 : clue.optional ? 2 : is_watched(clue) ? 1 : 0;
}

}  // namespace

std::vector<Lead> ranked_leads(const std::vector<Clue>& clues, bool exited) {
  std::vector<const Clue*> order;
  std::size_t rounds = 0;
  for (const Clue& clue : clues) {
    order.push_back(&clue);
    rounds = std::max(rounds, clue.suspects.size());
  }
  if (exited) {
    std::ranges::reverse(order);
  }
  std::ranges::stable_sort(order, {}, [](const Clue* clue) { return weakness(*clue); });
  std::vector<Lead> leads;
  for (std::size_t round = 0; round < rounds; ++round) {
    for (const Clue* clue : order) {
      if (round < clue->suspects.size() &&
          std::ranges::find(leads, clue->suspects[round], &Lead::suspect) == leads.end()) {
        leads.push_back({clue, clue->suspects[round]});
      }
    }
  }
  return leads;
}

std::vector<CapabilitySet> ranked_suspects(const std::vector<Clue>& clues, bool exited) {
  std::vector<CapabilitySet> suspects;
  std::ranges::transform(ranked_leads(clues, exited), std::back_inserter(suspects), &Lead::suspect);
  return suspects;
}

void expect_suspects(CapabilitySet expected, Clue& clue) {
  if (!clue.vague) return;
  std::stable_partition(clue.suspects.begin(), clue.suspects.end(),
                        [expected](CapabilitySet suspect) { return expected.contains(suspect); });
}

std::string failure_signature(const std::vector<Clue>& clues, const Evidence& evidence) {
  std::set<std::string> lines;
  for (const Clue& clue : clues) {
    if (!is_watched(clue) && clue.rule != kLastLineRule) lines.insert(normalized(clue.line));
  }
  std::string signature =
      evidence.exited ? "exit " + std::to_string(evidence.exit_code) : std::string("running");
  for (const std::string& line : lines) {
    signature += '\n' + line;
  }
  return signature;
}

std::string suspects_text(const std::vector<CapabilitySet>& suspects) {
  if (suspects.empty()) return "(none)";
  std::string text;
  for (const CapabilitySet set : suspects) {
    text += text.empty() ? "" : ", ";
    if (set.empty()) text += "(captured)";
    bool first = true;
    for (const std::string_view name : set.names()) {
      text += (first ? "" : "+") + std::string(name);
      first = false;
    }
  }
  return text;
}

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

namespace {

void suspect_first(CapabilitySet suspect, Clue& clue) {
  std::erase(clue.suspects, suspect);
  clue.suspects.insert(clue.suspects.begin(), suspect);
}

}  // namespace

void add_program(const ProgramPrivileges& program, Clue& clue) {
  using enum Capability;
  constexpr CapabilitySet kIdentity{kSetgid, kSetuid};
  if (!clue.vague) {
    if (program.needed_to_execute.empty()) return;
    suspect_first(program.needed_to_execute, clue);
    clue.reason = "the program's file carries " + to_string(program.needed_to_execute) +
                  ", and it cannot be executed when the container may not hold that";
    clue.check = "does the program need its file capability at all?";
    return;
  }
  if (!program.carried.empty()) {
    suspect_first(program.carried, clue);
    clue.reason = "the program's file carries " + to_string(program.carried) +
                  ", and gives only what the container may hold";
    clue.check = "does the program need its file capability at all?";
    return;
  }
  const bool may_lack_identity = std::ranges::any_of(
      clue.suspects, [](CapabilitySet suspect) { return suspect.contains(kSetuid); });
  if (!program.setuid_root || !may_lack_identity) return;
  suspect_first(kIdentity, clue);
  clue.reason =
      "the program is setuid root: it starts as root, and such programs mostly change "
      "to another user";
}

}  // namespace capmin
