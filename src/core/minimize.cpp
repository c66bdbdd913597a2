#include "core/minimize.h"

#include "core/order.h"

#include <algorithm>

namespace capmin {
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
    return start_.believed.contains(member) ||
           policy_.belief.at(static_cast<std::size_t>(member)) >= kExpected;
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
    return failure != nullptr && failure->traced &&
           failure->traced->at(static_cast<std::size_t>(member)) == 0 &&
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

}  // namespace capmin
