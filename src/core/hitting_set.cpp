#include "core/hitting_set.h"

#include <algorithm>

namespace capmin {
namespace {

constexpr int kMostSteps = 5'000;

class Branching {
 public:
  Branching(std::span<const CapabilitySet> cuts, std::span<const CapabilitySet> excluded)
      : cuts_(cuts), excluded_(excluded) {}

  HittingSet run() {
    extend({}, {});
    if (steps_ > kMostSteps) return {std::nullopt, true};
    return {best_, false};
  }

 private:
  /// Extends `set` by a member of the smallest cut that it does not hit; `barred` are members whose
  /// turn an earlier branch was.
  void extend(CapabilitySet set, CapabilitySet barred) {
    if (++steps_ > kMostSteps) return;
    if (best_ && std::is_gteq(compare_risk(set, *best_))) return;
    if (std::ranges::any_of(excluded_, [set](CapabilitySet e) { return set.contains(e); })) return;
    const CapabilitySet* smallest = nullptr;
    for (const CapabilitySet& cut : cuts_) {
      if (!(cut & set).empty()) continue;
      if (smallest == nullptr || (cut - barred).size() < (*smallest - barred).size()) {
        smallest = &cut;
      }
    }
    if (smallest == nullptr) {
      best_ = set;
      return;
    }
    for (const Capability member : (*smallest - barred).members()) {
      extend(set.with(member), barred);
      barred = barred.with(member);
    }
  }

  std::span<const CapabilitySet> cuts_;
  std::span<const CapabilitySet> excluded_;
  std::optional<CapabilitySet> best_;
  int steps_ = 0;
};

}  // namespace

HittingSet lightest_hitting_set(std::span<const CapabilitySet> cuts,
                                std::span<const CapabilitySet> excluded) {
  return Branching(cuts, excluded).run();
}

}  // namespace capmin
