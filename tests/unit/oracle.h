#pragma once

#include "core/planner.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <variant>
#include <vector>

namespace capmin {

/// A container image in one function: what the trial number `nth` (from 0) of `grant` shows. The
/// number of the observation is filled in later.
using Oracle = std::function<Observation(CapabilitySet grant, int nth)>;

/// How the clues of a failing trial relate to what is missing.
enum class Clues { kRight, kMostlyRight, kAbsent, kHostile };

/// An end of the search, and what it took.
struct Run {
  Step end;
  History history;
  int rounds = 0;  ///< how often all slots were waited for
};

inline Observation observed(CapabilitySet grant, bool passes) {
  Observation observation;
  observation.grant = grant;
  observation.verdict = passes ? Verdict::kPassed : Verdict::kFailed;
  return observation;
}

/// Passes when `needed` is granted. Without it fails at the first missing member in the order of
/// the bit numbers rotated by `seed`, as a program does that runs into one refusal after another.
inline Oracle needing(CapabilitySet needed, CapabilitySet ceiling, Clues clues,
                      std::uint64_t seed = 0) {
  return [=](CapabilitySet grant, int) {
    Observation result = observed(grant, grant.contains(needed));
    if (result.verdict == Verdict::kPassed) return result;
    std::vector<Capability> order = needed.members();
    std::mt19937_64 shuffle(seed);
    std::shuffle(order.begin(), order.end(), shuffle);
    const Capability missing = *std::ranges::find_if(
        order, [grant](Capability member) { return !grant.contains(member); });
    result.signature = "without " + std::string(name_of(missing));

    std::mt19937_64 random(seed * 64 + static_cast<std::uint64_t>(missing));
    std::vector<Capability> wrong = (ceiling - CapabilitySet{missing} - grant).members();
    std::shuffle(wrong.begin(), wrong.end(), random);
    if (clues == Clues::kAbsent) return result;
    const bool first =
        clues == Clues::kRight || (clues == Clues::kMostlyRight && random() % 100 < 80);
    if (first) result.suspects.push_back({missing});
    for (std::size_t i = 0; i < wrong.size() && i < 3; ++i) {
      if (clues == Clues::kHostile && needed.contains(wrong[i])) continue;
      result.suspects.push_back({wrong[i]});
      if (i == 0 && clues == Clues::kMostlyRight && !first) result.suspects.push_back({missing});
    }
    return result;
  };
}

/// The `nth` trial of `grant`, as the oracle sees it.
class Trials {
 public:
  explicit Trials(const Oracle& oracle) : oracle_(oracle) {}
  Observation run(CapabilitySet grant) { return oracle_(grant, count_[grant]++); }

 private:
  const Oracle& oracle_;
  std::map<CapabilitySet, int> count_;
};

/// Runs the search to its end; all slots are waited for before the planner is asked again.
inline Run run_search(const Policy& policy, const Oracle& oracle, int slots = 1) {
  Run run;
  Trials trials(oracle);
  for (;;) {
    Step step = next(policy, run.history, slots);
    const auto* const more = std::get_if<RunTrials>(&step);
    if (more == nullptr) {
      run.end = std::move(step);
      return run;
    }
    ++run.rounds;
    for (const TrialRequest& request : more->trials) {
      Observation observation = trials.run(request.grant);
      observation.trial = static_cast<int>(run.history.size()) + 1;
      run.history.push_back(std::move(observation));
    }
  }
}

/// Runs the search on from `history`, with `slots` trials side by side that finish in an order
/// drawn from `seed`, and up to `parkable` others that were parked by chance, whatever they come
/// to. Trials that the planner lists no more are cancelled and leave no trace.
inline Run run_out_of_order(const Policy& policy, const Oracle& oracle, int slots,
                            std::uint64_t seed, History history = {}, std::size_t parkable = 0) {
  Run run;
  run.history = std::move(history);
  Trials trials(oracle);
  std::mt19937_64 random(seed);
  std::map<CapabilitySet, int> running;  // and the number of the trial
  std::vector<CapabilitySet> parked;
  int last = run.history.empty() ? 0 : run.history.back().trial;
  for (;;) {
    Step step = next(policy, run.history, slots, parked);
    const auto* const more = std::get_if<RunTrials>(&step);
    if (more == nullptr) {
      run.end = std::move(step);
      return run;
    }
    std::map<CapabilitySet, int> listed;
    for (const TrialRequest& request : more->trials) {
      const auto known = running.find(request.grant);
      listed[request.grant] = known == running.end() ? ++last : known->second;
    }
    running = std::move(listed);
    std::erase_if(parked, [&running](CapabilitySet grant) { return !running.contains(grant); });
    auto finished = running.begin();
    std::advance(finished, random() % running.size());
    const bool is_parkable = finished->first != policy.ceiling &&
                             std::ranges::find(parked, finished->first) == parked.end();
    if (parked.size() < parkable && is_parkable && random() % 2 == 0) {
      parked.push_back(finished->first);
      continue;
    }
    Observation observation = trials.run(finished->first);
    observation.trial = finished->second;
    std::erase(parked, finished->first);
    running.erase(finished);
    const auto place =
        std::ranges::upper_bound(run.history, observation.trial, {}, &Observation::trial);
    run.history.insert(place, std::move(observation));
  }
}

}  // namespace capmin
