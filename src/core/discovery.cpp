#include "core/discovery.h"

#include "core/belief.h"

#include <algorithm>
#include <array>

namespace capmin {
namespace {

/// Nothing is believed less than this: all capabilities alike give plain binary splitting.
constexpr double kLeastWeight = 0.02;
constexpr double kMostWeight = 0.98;
constexpr double kSuspectWeight = 0.5;

class Splitting {
 public:
  Splitting(const Policy& policy, Replay& replay, const Between& between)
      : replay_(replay), between_(between) {
    for (const CapabilityInfo& row : all_capabilities()) {
      weight(row.capability) = std::clamp(policy.belief[row.capability], kLeastWeight, kMostWeight);
    }
    ordered_ = least_believed_first(policy, between.upper - between.accepted, {});
    std::ranges::reverse(ordered_);
    if (!between.failing.empty() && between.upper.contains(between.failing)) {
      bring_forward(0, between.failing);
      low_ = static_cast<std::size_t>((between.failing - between.accepted).size());
    }
    high_ = ordered_.size();
    if (const Observation* const failure = replay.failure(between.accepted)) follow(*failure);
  }

  std::optional<Split> run() {
    Split result;
    while (high_ - low_ > 1) {
      const std::size_t middle = median();
      const CapabilitySet grant = prefix(middle);
      if (replay_.implied(grant) == Verdict::kFailed) {
        low_ = middle;
        continue;
      }
      const std::optional<Verdict> verdict =
          replay_.ask({grant, Purpose::kSearch, grant - between_.accepted}, 1);
      if (!verdict) return std::nullopt;
      if (*verdict == Verdict::kPassed) {
        high_ = middle;
        continue;
      }
      low_ = middle;
      if (++result.failures >= between_.most_failures) break;
      if (const Observation* const failure = replay_.failure(grant)) follow(*failure);
    }
    result.passing = prefix(high_);
    if (high_ - low_ == 1) result.critical = ordered_[high_ - 1];
    return result;
  }

 private:
  CapabilitySet prefix(std::size_t length) const {
    CapabilitySet set = between_.accepted;
    for (std::size_t i = 0; i < length; ++i) {
      set = set.with(ordered_[i]);
    }
    return set;
  }

  double& weight(Capability capability) { return weight_[capability]; }

  /// Orders the members of `set` before all others from `begin` on.
  void bring_forward(std::size_t begin, CapabilitySet set) {
    std::stable_partition(ordered_.begin() + static_cast<std::ptrdiff_t>(begin), ordered_.end(),
                          [set](Capability member) { return set.contains(member); });
  }

  /// Brings the suspects of a failure to the front of the members in doubt.
  void follow(const Observation& failure) {
    if (!between_.trusts_clues) return;
    CapabilitySet all;
    for (const CapabilitySet suspect : failure.suspects) {
      all |= suspect;
    }
    const auto end = ordered_.begin() + static_cast<std::ptrdiff_t>(high_);
    std::stable_partition(ordered_.begin() + static_cast<std::ptrdiff_t>(low_), end,
                          [all](Capability member) { return all.contains(member); });
    for (const Capability member : all.members()) {
      weight(member) = std::max(weight(member), kSuspectWeight);
    }
  }

  /// Where a prefix of the members in doubt is as likely to pass as to fail: the last needed
  /// member is the one at `i` with the chance that it is needed and that none after it is.
  std::size_t median() {
    std::vector<double> chance(high_ - low_);
    double none_after = 1;
    double sum = 0;
    for (std::size_t i = high_; i-- > low_;) {
      chance[i - low_] = weight(ordered_[i]) * none_after;
      none_after *= 1 - weight(ordered_[i]);
      sum += chance[i - low_];
    }
    std::size_t middle = low_;
    for (double below = 0; middle < high_ && below < sum / 2; ++middle) {
      below += chance[middle - low_];
    }
    return std::clamp(middle, low_ + 1, high_ - 1);
  }

  Replay& replay_;
  Between between_;
  Belief weight_;
  std::vector<Capability> ordered_;  ///< most believed first
  std::size_t low_ = 0;              ///< a prefix of this length fails
  std::size_t high_ = 0;             ///< a prefix of this length passes
};

}  // namespace

std::optional<Split> find_critical(const Policy& policy, Replay& replay, const Between& between) {
  return Splitting(policy, replay, between).run();
}

namespace {

constexpr int kFewLeft = 3;
/// What is believed less is as often needed as not, but what is tried beside its removal serves
/// more when it is not.
constexpr double kLikely = 0.75;

/// Whether two failures look the same, so that what was added in between did not help.
bool same_failure(const Observation& before, const Observation& after) {
  if (before.signature.empty() && after.signature.empty()) {
    return before.suspects == after.suspects;
  }
  return before.signature == after.signature;
}

class Discovery {
 public:
  Discovery(const Policy& policy, Replay& replay)
      : policy_(policy),
        replay_(replay),
        accepted_(policy.guess & policy.ceiling),
        upper_(policy.ceiling) {}

  std::optional<Found> run() {
    if (policy_.is_generous && !accepted_.empty()) {
      // Where all of the guess is needed this trial is one of the proof's.
      const Capability doubted = least_believed_first(policy_, accepted_, {}).front();
      const CapabilitySet grant = accepted_.without(doubted);
      const bool is_likely = policy_.belief[doubted] >= kLikely;
      const std::optional<Verdict> verdict =
          replay_.ask({grant, Purpose::kRemove, CapabilitySet{doubted}}, 1,
                      is_likely ? Verdict::kFailed : Verdict::kPassed);
      if (!verdict) return std::nullopt;
      if (*verdict == Verdict::kPassed) return Found{grant, grant};
    }
    while (accepted_ != upper_) {
      // What a trace speaks for mostly passes: meanwhile its members' removals can be tried.
      const bool is_traced = accepted_ == policy_.guess && !policy_.seen.empty();
      const std::optional<Verdict> verdict =
          search(accepted_, accepted_, is_traced ? std::optional(Verdict::kPassed) : std::nullopt);
      if (!verdict) return std::nullopt;
      if (*verdict == Verdict::kPassed) return Found{accepted_, accepted_};
      if (failures_left() <= 0) break;
      switch (follow_clues()) {
        case Outcome::kStopped:
          return std::nullopt;
        case Outcome::kPassed:
          return Found{upper_, accepted_};
        case Outcome::kProgress:
          continue;
        case Outcome::kExhausted:
          break;
      }
      if (failures_left() <= 0 || few_left()) break;
      const std::optional<Split> found = split();
      if (!found) return std::nullopt;
      if (!found->critical) break;
    }
    return Found{upper_, accepted_};
  }

 private:
  enum class Outcome { kStopped, kPassed, kProgress, kExhausted };

  std::optional<Verdict> search(CapabilitySet grant, CapabilitySet subject,
                                std::optional<Verdict> prediction = {}) {
    const bool known = replay_.failure(grant) != nullptr;
    const std::optional<Verdict> verdict =
        replay_.ask({grant, Purpose::kSearch, subject}, 1, prediction);
    if (verdict == Verdict::kFailed && !known) ++failures_;
    return verdict;
  }

  /// What `failure` suspects and the accepted set lacks, best first, after those in `list`. What a
  /// passing set does without explains nothing.
  void add_suspects(const Observation& failure, std::vector<CapabilitySet>& list) const {
    for (const CapabilitySet suspect : failure.suspects) {
      const CapabilitySet added = (suspect & upper_) - accepted_;
      if (added.empty()) continue;
      if (std::ranges::find(list, added) == list.end()) list.push_back(added);
    }
  }

  /// Tries the suspects of the accepted set's failure, each in place of the one before.
  Outcome follow_clues() {
    const Observation* const failure = replay_.failure(accepted_);
    if (failure == nullptr) return Outcome::kExhausted;
    std::vector<CapabilitySet> list;
    add_suspects(*failure, list);
    CapabilitySet all = (policy_.seen & upper_) - accepted_;
    for (std::size_t i = 0; i < list.size() && refutations_ < kMostRefutations; ++i) {
      if (failures_left() <= 0) return Outcome::kExhausted;
      const CapabilitySet suspect = list[i];
      const CapabilitySet grant = accepted_ | suspect;
      const std::optional<Verdict> verdict = search(grant, suspect);
      if (!verdict) return Outcome::kStopped;
      if (*verdict == Verdict::kPassed) {
        accepted_ = upper_ = grant;
        return Outcome::kPassed;
      }
      const Observation* const next = replay_.failure(grant);
      if (next != nullptr && !same_failure(*failure, *next)) {
        accepted_ = grant;
        failing_ = {};
        ++progressed_;
        return Outcome::kProgress;
      }
      ++refutations_;
      if (next != nullptr) add_suspects(*next, list);
    }
    for (const CapabilitySet suspect : list) {
      all |= suspect;
    }
    return all.empty() ? Outcome::kExhausted : try_together(all);
  }

  /// Tries all suspects of one failure at once.
  Outcome try_together(CapabilitySet all) {
    const CapabilitySet grant = accepted_ | all;
    if (grant == upper_ || failures_left() <= 0) return Outcome::kExhausted;
    const std::optional<Verdict> verdict = search(grant, all);
    if (!verdict) return Outcome::kStopped;
    if (*verdict == Verdict::kPassed) {
      upper_ = grant;
      return Outcome::kPassed;
    }
    if (refutations_ < kMostRefutations) failing_ = grant;
    return Outcome::kExhausted;
  }

  /// Whether so little is in doubt that removing it one by one is as cheap as more splitting.
  bool few_left() const { return (upper_ - accepted_).size() <= kFewLeft; }

  int failures_left() const {
    const int in_vain = std::min(policy_.ceiling.size() / 2, kMostSearchFailures);
    return std::min(kMostSearchFailures - failures_, in_vain - (failures_ - progressed_));
  }

  /// Looks for one more critical member; nothing when the replay cannot go on.
  std::optional<Split> split() {
    const bool trusts_clues = refutations_ < kMostRefutations;
    const std::optional<Split> found = find_critical(
        policy_, replay_, {accepted_, upper_, failing_, trusts_clues, failures_left()});
    if (!found) return found;
    failures_ += found->failures;
    upper_ = found->passing;
    if (found->critical) accepted_ = accepted_.with(*found->critical);
    failing_ = {};
    return found;
  }

  const Policy& policy_;
  Replay& replay_;
  CapabilitySet accepted_;  ///< observed failing, until it passes
  CapabilitySet upper_;     ///< observed passing
  CapabilitySet failing_;   ///< observed failing, contains accepted_; empty when unknown
  int refutations_ = 0;
  int failures_ = 0;    ///< failing trials of this search
  int progressed_ = 0;  ///< of which a clue led on to another failure
};

}  // namespace

std::optional<Found> find_passing(const Policy& policy, Replay& replay) {
  return Discovery(policy, replay).run();
}

}  // namespace capmin
