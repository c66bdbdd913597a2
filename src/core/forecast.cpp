#include "core/forecast.h"

#include "core/belief.h"
#include "core/trace.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace capmin {
namespace {

/// What a passing trial of the ceiling shows of the kernel's checks, else what was believed
/// before.
const Belief& belief_after(const Policy& policy, const History& history) {
  for (const Observation& seen : history) {
    const bool is_baseline = seen.grant == policy.ceiling && seen.verdict == Verdict::kPassed;
    if (is_baseline && seen.traced) return *seen.traced;
  }
  return policy.belief;
}

}  // namespace

CapabilitySet likely_needed(const Policy& policy, const History& history) {
  const CapabilitySet upper = best_so_far(history).value_or(policy.ceiling);
  Policy informed = policy;
  informed.belief = belief_after(policy, history);
  CapabilitySet likely = policy.guess & upper;
  for (const Observation& seen : history) {
    if (seen.verdict != Verdict::kFailed) continue;
    for (const CapabilitySet suspect : seen.suspects) {
      const CapabilitySet lacking = (suspect & upper) - seen.grant;
      if (lacking.empty()) continue;
      likely |= lacking;
      break;
    }
  }
  // As many as are needed of such an image on average, where less is known.
  double usual = 0;
  for (const Capability member : policy.ceiling.members()) {
    usual += informed.belief[member];
  }
  std::vector<Capability> members = least_believed_first(informed, upper, likely);
  for (auto member = members.rbegin(); member != members.rend(); ++member) {
    const bool is_believed = informed.belief[*member] >= kBelieved;
    if (is_believed || likely.size() < std::lround(usual)) likely = likely.with(*member);
  }
  for (const Observation& seen : history) {
    if (seen.verdict != Verdict::kFailed || !seen.grant.contains(likely)) continue;
    const auto lacking = std::find_if(members.rbegin(), members.rend(), [&](Capability member) {
      return !seen.grant.contains(member);
    });
    if (lacking != members.rend()) likely = likely.with(*lacking);
  }
  return likely;
}

std::optional<int> trials_left(const History& history, CapabilitySet needed,
                               const NextTrials& next) {
  constexpr int kMost = 100;
  History expected = history;
  std::map<CapabilitySet, Verdict> known;
  int number = 0;
  for (const Observation& seen : history) {
    if (seen.verdict != Verdict::kUndecided) known[seen.grant] = seen.verdict;
    number = std::max(number, seen.trial + 1);
  }
  for (int left = 0; left <= kMost; ++left) {
    const std::vector<TrialRequest> wanted = next(expected);
    if (wanted.empty()) return left;
    Observation trial;
    trial.trial = number++;
    trial.grant = wanted.front().grant;
    const Verdict verdict = trial.grant.contains(needed) ? Verdict::kPassed : Verdict::kFailed;
    trial.verdict = known.try_emplace(trial.grant, verdict).first->second;
    const CapabilitySet lacking = needed - trial.grant;
    if (trial.verdict == Verdict::kFailed && !lacking.empty()) {
      trial.signature = to_string(lacking);
      trial.suspects = {CapabilitySet{lacking.members().front()}};
    }
    expected.push_back(std::move(trial));
  }
  return std::nullopt;
}

std::optional<int> trials_left(const Policy& policy, const History& history) {
  return trials_left(history, likely_needed(policy, history), [&policy](const History& expected) {
    Step step = next(policy, expected, 1);
    auto* const wanted = std::get_if<RunTrials>(&step);
    return wanted == nullptr ? std::vector<TrialRequest>() : std::move(wanted->trials);
  });
}

}  // namespace capmin
