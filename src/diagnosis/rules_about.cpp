#include "diagnosis/rules_about.h"

#include <algorithm>
#include <cstddef>

namespace capmin {
namespace {

/// The place of the capability among the rule's suspects, from 0; their number where it is none.
std::size_t place_among_suspects(const Rule& rule, Capability capability) {
  const auto found = std::ranges::find_if(
      rule.suspects, [capability](CapabilitySet set) { return set.contains({capability}); });
  return static_cast<std::size_t>(found - rule.suspects.begin());
}

}  // namespace

std::vector<const Rule*> rules_about(Capability capability, const RuleTable& table) {
  std::vector<const Rule*> first;
  std::vector<const Rule*> any;
  for (const Rule& rule : table.rules()) {
    const std::size_t place = place_among_suspects(rule, capability);
    if (rule.vague || place == rule.suspects.size()) continue;
    any.push_back(&rule);
    if (place == 0) first.push_back(&rule);
  }
  return first.empty() ? any : first;
}

}  // namespace capmin
