#include "core/minimize.h"

#include "core/belief.h"

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

namespace {

constexpr double kExpected = 0.5;
/// So many trials must agree on a failure that named no reason and led the search on from there:
/// had it been spurious, all that followed would be superfluous.
constexpr int kUnnamedSearchFailures = 3;
/// For so many members of the answer a failure that named no reason is repeated.
constexpr int kMostDoubts = 3;

class Minimization {
 public:
  Minimization(const Policy& policy, Replay& replay, const Start& start)
      : policy_(policy), replay_(replay), start_(start), set_(start.passing) {}

  std::optional<CapabilitySet> run() {
    for (;;) {
      if (const auto smaller = replay_.smaller_pass(set_)) set_ = *smaller;
      const int confirmations = replay_.confirmations();
      switch (shrink()) {
        case Outcome::kStopped:
          return std::nullopt;
        case Outcome::kShrunk:
          continue;
        case Outcome::kSettled:
          break;
      }
      const TrialRequest itself{set_, Purpose::kConfirm, {}};
      if (!replay_.ask(itself, confirmations, Verdict::kPassed)) return std::nullopt;
      if (confirmations == replay_.confirmations() && !replay_.smaller_pass(set_)) return set_;
    }
  }

 private:
  enum class Outcome { kStopped, kShrunk, kSettled };

  bool expected(Capability member) const {
    return start_.believed.contains(member) || policy_.belief[member] >= kExpected;
  }

  /// Leaves members out, first those that may go, then those that cannot by inference.
  Outcome shrink() {
    const std::vector<Capability> members = least_believed_first(policy_, set_, start_.believed);
    for (const Capability member : members) {
      if (replay_.implied(set_.without(member)) == Verdict::kFailed) continue;
      const Outcome outcome = remove(member, 1);
      if (outcome != Outcome::kSettled) return outcome;
    }
    int doubts = 0;
    for (const Capability member : members) {
      Outcome outcome = remove(member, replay_.confirmations());
      if (outcome == Outcome::kSettled) outcome = remove(member, agreeing(member, doubts));
      if (outcome != Outcome::kSettled) return outcome;
    }
    return Outcome::kSettled;
  }

  Outcome remove(Capability member, int trials) {
    const CapabilitySet grant = set_.without(member);
    const bool needed = expected(member) || replay_.implied(grant) == Verdict::kFailed;
    const Purpose purpose = start_.exploring ? Purpose::kExplore
                            : needed         ? Purpose::kProve
                                             : Purpose::kRemove;
    const std::optional<Verdict> verdict =
        replay_.ask({grant, purpose, CapabilitySet{member}}, trials,
                    needed ? Verdict::kFailed : Verdict::kPassed);
    if (!verdict) return Outcome::kStopped;
    if (*verdict == Verdict::kFailed) return Outcome::kSettled;
    set_ = grant;
    return Outcome::kShrunk;
  }

  /// Whether the first failure without `member` names it as a suspect.
  bool speaks_for_itself(Capability member) const {
    const Observation* const failure = replay_.failure(set_.without(member));
    return failure == nullptr ||
           std::ranges::any_of(failure->suspects, [member](CapabilitySet suspect) {
             return suspect.contains(member);
           });
  }

  /// Whether somebody looked on, in the ceiling's pass and in the first failure without `member`,
  /// and nobody asked for it.
  bool is_unseen(Capability member) const {
    const Observation* const failure = replay_.failure(set_.without(member));
    return failure != nullptr && failure->traced && (*failure->traced)[member] == 0 &&
           !policy_.seen.contains(member);
  }

  /// How many failures prove that `member` is needed. A failure that names no reason may be a
  /// spurious one: it is repeated where it also led the search astray from here, and, for the few
  /// least believed members, where other failures of this history did name reasons. So may one
  /// that names a reason of which a trace shows nothing.
  int agreeing(Capability member, int& doubts) const {
    const int confirmations = replay_.confirmations();
    if (is_unseen(member)) return std::max(confirmations, kUnnamedSearchFailures);
    if (speaks_for_itself(member)) return confirmations;
    int least = replay_.was_search(set_.without(member)) ? kUnnamedSearchFailures : 1;
    if (replay_.has_clues() && doubts < kMostDoubts) {
      ++doubts;
      ++least;
    }
    return std::max(confirmations, least);
  }

  const Policy& policy_;
  Replay& replay_;
  Start start_;
  CapabilitySet set_;  ///< observed passing
};

}  // namespace

std::optional<CapabilitySet> minimize(const Policy& policy, Replay& replay, const Start& start) {
  return Minimization(policy, replay, start).run();
}

Proof read_proof(const Replay& replay, CapabilitySet set) {
  Proof proof;
  proof.set = set;
  proof.passed = replay.trials(set, Verdict::kPassed);
  for (const Capability member : set.members()) {
    const CapabilitySet grant = set.without(member);
    proof.removals.push_back({member, grant, replay.trials(grant, Verdict::kFailed)});
  }
  return proof;
}

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

bool complete(const Policy& policy, Replay& replay, Explored& explored) {
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
