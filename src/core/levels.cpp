#include "core/levels.h"

#include "core/hitting_set.h"
#include "core/minimize.h"

#include <algorithm>

namespace capmin {
namespace {

class Exploration {
 public:
  Exploration(const Policy& policy, Replay& replay, CapabilitySet set)
      : policy_(policy), replay_(replay), first_answer_(replay.answers()) {
    explored_.minimal.push_back(set);
  }

  std::optional<Explored> run() {
    if (!ask_essential()) return std::nullopt;
    if (!enough()) {
      const bool finished = policy_.level == Level::kUnique ? find_alternative() : close_all_gaps();
      if (!finished) return std::nullopt;
    }
    explored_.cuts = failing_;
    return explored_;
  }

 private:
  /// Sees which members the whole ceiling cannot do without; the others are replaceable.
  bool ask_essential() {
    for (const Capability member : explored_.minimal.front().members()) {
      const CapabilitySet grant = policy_.ceiling.without(member);
      if (replay_.implied(grant) == Verdict::kPassed) {
        replaceable_ = replaceable_.with(member);
        continue;
      }
      const std::optional<Verdict> verdict = ask(grant, member, Verdict::kFailed);
      if (!verdict) return false;
      if (*verdict == Verdict::kPassed) replaceable_ = replaceable_.with(member);
      if (*verdict == Verdict::kFailed) failing_.push_back(grant);
    }
    return true;
  }

  /// Whether another minimal set is known to be out of the question, or nothing can be concluded.
  bool enough() const { return replaceable_.empty() || !replay_.monotone(); }

  bool find_alternative() {
    const Capability member = replaceable_.members().front();
    return add_minimal(policy_.ceiling.without(member)).has_value();
  }

  /// The duality of minimal sets and cuts: while a set hits all cuts and contains no known minimal
  /// set, it is either working, and minimal, or it fails and gives a new cut.
  bool close_all_gaps() {
    for (const Capability member : replaceable_.members()) {
      if (!grow(explored_.minimal.front().without(member))) return false;
    }
    for (;;) {
      if (!replay_.monotone()) return true;
      if (replay_.answers() - first_answer_ >= policy_.most_exploring) {
        return fall_short("stopped after " + std::to_string(policy_.most_exploring) +
                          " trials beyond the one-minimal answer");
      }
      const HittingSet candidate = lightest_hitting_set(cuts(), explored_.minimal);
      if (candidate.exhausted) return fall_short("too many combinations are left");
      if (!candidate.lightest || is_settled(*candidate.lightest)) break;
      const std::optional<Verdict> verdict = ask(*candidate.lightest, {}, {});
      if (!verdict) return false;
      const bool going = *verdict == Verdict::kPassed ? add_minimal(*candidate.lightest).has_value()
                                                      : grow(*candidate.lightest);
      if (!going) return false;
    }
    return true;
  }

  bool fall_short(const std::string& reason) {
    explored_.shortfall = reason;
    return true;
  }

  std::vector<CapabilitySet> cuts() const {
    std::vector<CapabilitySet> result;
    for (const CapabilitySet grant : failing_) {
      result.push_back(policy_.ceiling - grant);
    }
    return result;
  }

  /// Whether the least risky set left over need not be tried.
  bool is_settled(CapabilitySet candidate) const {
    return policy_.level == Level::kLeastRisk &&
           std::is_gt(compare_risk(candidate, explored_.minimal.front()));
  }

  /// Minimizes `passing`, or an observed pass inside it, and keeps the least risky set in front.
  std::optional<CapabilitySet> add_minimal(CapabilitySet passing) {
    const CapabilitySet start = replay_.smaller_pass(passing).value_or(passing);
    const std::optional<CapabilitySet> found = minimize(policy_, replay_, {start, {}, true});
    if (!found) return std::nullopt;
    std::vector<CapabilitySet>& known = explored_.minimal;
    if (std::ranges::find(known, *found) != known.end()) return found;
    known.push_back(*found);
    if (policy_.level != Level::kUnique) {
      std::ranges::sort(
          known, [](CapabilitySet a, CapabilitySet b) { return std::is_lt(compare_risk(a, b)); });
    }
    return found;
  }

  /// Adds to the observed failure `grant` all that still fails, and keeps it; false when the replay
  /// cannot go on.
  bool grow(CapabilitySet grant) {
    CapabilitySet failing = replay_.larger_failure(grant).value_or(grant);
    if (!grow_by((policy_.ceiling - failing).members(), failing)) return false;
    failing_.push_back(failing);
    return true;
  }

  bool grow_by(const std::vector<Capability>& members, CapabilitySet& failing) {
    CapabilitySet grant = failing;
    for (const Capability member : members) {
      grant = grant.with(member);
    }
    if (grant == failing) return true;
    std::optional<Verdict> verdict = replay_.implied(grant);
    if (!verdict) verdict = ask(grant, {}, {});
    if (!verdict) return false;
    if (*verdict == Verdict::kFailed) {
      failing = replay_.larger_failure(grant).value_or(failing);
      return true;
    }
    if (members.size() == 1) return true;
    const auto middle = members.begin() + static_cast<std::ptrdiff_t>(members.size() / 2);
    return grow_by({members.begin(), middle}, failing) && grow_by({middle, members.end()}, failing);
  }

  std::optional<Verdict> ask(CapabilitySet grant, std::optional<Capability> without,
                             std::optional<Verdict> prediction) {
    CapabilitySet subject;
    if (without) subject = subject.with(*without);
    return replay_.ask({grant, Purpose::kExplore, subject}, replay_.confirmations(), prediction);
  }

  const Policy& policy_;
  Replay& replay_;
  int first_answer_;
  Explored explored_;
  CapabilitySet replaceable_;
  std::vector<CapabilitySet> failing_;
};

/// Drops the sets for which `holds` says no, and repetitions; false when it says nothing.
template <typename Holds>
bool keep_if(std::vector<CapabilitySet>& sets, std::string& shortfall, Holds holds) {
  std::vector<CapabilitySet> kept;
  for (const CapabilitySet set : sets) {
    const std::optional<bool> verdict = holds(set);
    if (!verdict) return false;
    if (*verdict && std::ranges::find(kept, set) == kept.end()) kept.push_back(set);
  }
  if (kept.size() < sets.size()) shortfall = "the probe contradicted itself on the way";
  sets = kept;
  return true;
}

}  // namespace

std::optional<Explored> explore(const Policy& policy, Replay& replay, CapabilitySet set) {
  return Exploration(policy, replay, set).run();
}

bool settle(const Policy& policy, Replay& replay, Explored& explored) {
  const auto still_minimal = [&](CapabilitySet set) -> std::optional<bool> {
    const std::optional<CapabilitySet> found = minimize(policy, replay, {set, set, false});
    if (!found) return std::nullopt;
    return *found == set;
  };
  const auto still_failing = [&](CapabilitySet grant) -> std::optional<bool> {
    const std::optional<Verdict> verdict =
        replay.ask({grant, Purpose::kExplore, {}}, replay.confirmations(), Verdict::kFailed);
    if (!verdict) return std::nullopt;
    return *verdict == Verdict::kFailed;
  };
  int confirmations = 0;
  do {
    confirmations = replay.confirmations();
    CapabilitySet& answer = explored.minimal.front();
    const std::optional<CapabilitySet> found = minimize(policy, replay, {answer, answer, false});
    if (!found) return false;
    if (*found != answer) {
      answer = *found;
      explored.shortfall = "the probe contradicted itself on the way";
    }
    if (!keep_if(explored.minimal, explored.shortfall, still_minimal)) return false;
    if (!keep_if(explored.cuts, explored.shortfall, still_failing)) return false;
  } while (confirmations != replay.confirmations());
  return true;
}

}  // namespace capmin
