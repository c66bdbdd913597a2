#include "core/minimize.h"

#include "core/order.h"

#include <algorithm>

namespace capmin {
namespace {

constexpr double kExpected = 0.5;

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
    for (const Capability member : members) {
      const Outcome outcome = remove(member, agreeing(member));
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

  /// How many failures prove that `member` is needed. One that was seen while searching counts by
  /// itself only if its clues named the member: a spurious failure would have led astray from here.
  int agreeing(Capability member) const {
    const int confirmations = replay_.confirmations();
    const Observation* const failure = replay_.failure(set_.without(member));
    if (failure == nullptr || !replay_.was_search(set_.without(member))) return confirmations;
    const bool named = std::ranges::any_of(
        failure->suspects, [member](CapabilitySet suspect) { return suspect.contains(member); });
    return named ? confirmations : std::max(confirmations, 2);
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
