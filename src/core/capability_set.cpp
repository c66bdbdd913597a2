#include "core/capability_set.h"

#include <algorithm>

namespace capmin {
namespace {

int size_in_tier(CapabilitySet set, Risk risk) {
  const std::vector<Capability> members = set.members();
  return static_cast<int>(std::ranges::count_if(
      members, [risk](Capability member) { return info(member).risk == risk; }));
}

}  // namespace

std::vector<Capability> CapabilitySet::members() const {
  std::vector<Capability> result;
  for (const CapabilityInfo& row : all_capabilities()) {
    if (contains(row.capability)) result.push_back(row.capability);
  }
  return result;
}

std::vector<std::string_view> CapabilitySet::names() const {
  std::vector<std::string_view> result;
  for (const Capability member : members()) {
    result.push_back(name_of(member));
  }
  std::ranges::sort(result);
  return result;
}

std::string to_string(CapabilitySet set) {
  std::string text;
  for (const std::string_view name : set.names()) {
    if (!text.empty()) text += ' ';
    text += name;
  }
  return text.empty() ? "(none)" : text;
}

CapabilitySet docker_default_set() {
  return CapabilitySet::from_bits(0xa80425fb);
}

std::strong_ordering compare_risk(CapabilitySet a, CapabilitySet b) {
  for (const Risk risk : {Risk::kHigh, Risk::kMedium, Risk::kLow}) {
    const auto order = size_in_tier(a, risk) <=> size_in_tier(b, risk);
    if (order != std::strong_ordering::equal) return order;
  }
  return a <=> b;
}

}  // namespace capmin
