#include "diagnosis/clue.h"

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

}  // namespace capmin
