#include "core/splitting.h"

#include "core/order.h"

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
    for (std::size_t bit = 0; bit < kCapabilityCount; ++bit) {
      weight_.at(bit) = std::clamp(policy.belief.at(bit), kLeastWeight, kMostWeight);
    }
    ordered_ = least_believed_first(policy, between.upper - between.accepted, {});
    std::ranges::reverse(ordered_);
    if (!between.failing.empty() && between.upper.contains(between.failing)) {
      bring_forward(0, between.failing);
      low_ = static_cast<std::size_t>((between.failing - between.accepted).size());
    }
    high_ = ordered_.size();
    if (const Observation* const failure = replay.failure(between.accepted)) heed(*failure);
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
      if (const Observation* const failure = replay_.failure(grant)) heed(*failure);
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

  double& weight(Capability capability) { return weight_.at(static_cast<std::size_t>(capability)); }

  /// Orders the members of `set` before all others from `begin` on.
  void bring_forward(std::size_t begin, CapabilitySet set) {
    std::stable_partition(ordered_.begin() + static_cast<std::ptrdiff_t>(begin), ordered_.end(),
                          [set](Capability member) { return set.contains(member); });
  }

  /// Brings the suspects of a failure to the front of the members in doubt.
  void heed(const Observation& failure) {
    if (!between_.heed_clues) return;
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
  std::array<double, kCapabilityCount> weight_{};
  std::vector<Capability> ordered_;  ///< most believed first
  std::size_t low_ = 0;              ///< a prefix of this length fails
  std::size_t high_ = 0;             ///< a prefix of this length passes
};

}  // namespace

std::optional<Split> find_critical(const Policy& policy, Replay& replay, const Between& between) {
  return Splitting(policy, replay, between).run();
}

}  // namespace capmin
