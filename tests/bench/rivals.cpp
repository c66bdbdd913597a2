#include "bench/rivals.h"

#include <algorithm>
#include <vector>

namespace capmin {
namespace {

CapabilitySet union_of(const std::vector<Capability>& members) {
  CapabilitySet set;
  for (const Capability member : members) {
    set = set.with(member);
  }
  return set;
}

/// Leaves out every member that may go, until none may.
CapabilitySet prove(CapabilitySet set, const Predicate& passes) {
  bool shrunk = true;
  while (shrunk) {
    shrunk = false;
    for (const Capability member : set.members()) {
      if (!passes(set.without(member))) continue;
      set = set.without(member);
      shrunk = true;
    }
  }
  return set;
}

/// What must be added to `base` from `candidates` (Junker 2004).
CapabilitySet explain(CapabilitySet base, bool base_changed,
                      const std::vector<Capability>& candidates, const Predicate& passes) {
  if (base_changed && passes(base)) return {};
  if (candidates.size() == 1) return {candidates.front()};
  const auto middle = candidates.begin() + static_cast<std::ptrdiff_t>(candidates.size() / 2);
  const std::vector<Capability> first(candidates.begin(), middle);
  const std::vector<Capability> second(middle, candidates.end());
  const CapabilitySet from_second = explain(base | union_of(first), true, second, passes);
  const CapabilitySet from_first = explain(base | from_second, !from_second.empty(), first, passes);
  return from_first | from_second;
}

}  // namespace

CapabilitySet add_blindly(CapabilitySet ceiling, const Predicate& passes) {
  passes(ceiling);
  CapabilitySet set;
  for (const Capability member : ceiling.members()) {
    if (passes(set)) break;
    set = set.with(member);
  }
  return prove(set, passes);
}

CapabilitySet remove_one_by_one(CapabilitySet ceiling, const Predicate& passes) {
  passes(ceiling);
  return prove(ceiling, passes);
}

// Only complements are tried: with a monotone predicate that is never dearer.
CapabilitySet ddmin(CapabilitySet ceiling, const Predicate& passes) {
  passes(ceiling);
  if (passes({})) return {};
  std::vector<Capability> members = ceiling.members();
  std::size_t parts = 2;
  while (members.size() >= 2) {
    bool reduced = false;
    for (std::size_t i = 0; i < parts; ++i) {
      const std::size_t begin = members.size() * i / parts;
      const std::size_t end = members.size() * (i + 1) / parts;
      std::vector<Capability> rest = members;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(begin),
                 rest.begin() + static_cast<std::ptrdiff_t>(end));
      if (!passes(union_of(rest))) continue;
      members = rest;
      parts = std::max<std::size_t>(parts - 1, 2);
      reduced = true;
      break;
    }
    if (reduced) continue;
    if (parts >= members.size()) break;
    parts = std::min(parts * 2, members.size());
  }
  return prove(union_of(members), passes);
}

CapabilitySet quick_xplain(CapabilitySet ceiling, const Predicate& passes) {
  passes(ceiling);
  if (passes({})) return {};
  return prove(explain({}, false, ceiling.members(), passes), passes);
}

}  // namespace capmin
