#include "core/planner.h"

#include "core/discovery.h"
#include "core/minimize.h"
#include "core/replay.h"
#include "core/trace.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

// The strategy, from its beginning to its end. next() plays it anew at each call: Replay answers
// its questions from the history, and the first ones that the history cannot answer are the
// trials to run.
//
//  1. The premise: the ceiling passes. Where it fails twice there is no answer (CeilingFails). A
//     guess that was proven before needs no premise: where it passes, 4 and 5 prove it again.
//  2. The guess: what a traced baseline speaks for, or what the caller gave, else nothing at all.
//     A guess that may hold too much is tried without its least believed member first.
//  3. Discovery (discovery.cpp), as long as the guess fails: the suspects of the failure are
//     added one in place of the other, as the clues rank them; a new failure is a step forward
//     and has suspects of its own. Where no clue leads on, all suspects at once, then halving
//     between what fails and what passes. Clues that lied too often are not asked again, so that
//     hostile ones cost a bounded number of trials.
//  4. Minimization (minimize.cpp): of the set that passes the least believed member is removed
//     first; every pass shrinks it, every failure is a part of the proof.
//  5. The proof: the set was seen passing and, without each single member, failing, each as often
//     as the policy wants it confirmed. Nothing that is inferred counts here.
//  6. Beyond, where the policy asks for it: whether another minimal set exists, a less risky one,
//     or all of them, by the cuts that were seen failing and the sets that hit them all.
//
// A grant that was seen both passing and failing is asked about again until one side leads
// clearly, and from then on everything is confirmed once more (Unstable ends that); a set that
// passes inside one that fails ends all inference. Where slots are free, questions that will come
// after the likely answer are asked beforehand; so are those that come after the failure of a
// parked trial, which has waited for longer than it would to pass. Evidence orders the questions;
// only verdicts answer them.
namespace capmin {
namespace {

/// So many failures of the ceiling, without a pass, end the search.
constexpr int kCeilingFailures = 2;
/// How much less is believed needed what a traced baseline never asked for.
constexpr double kUnseenFactor = 0.1;

/// What the history shows of each grant that was judged, whoever asked for it.
struct Seen {
  bool passed = false;
  bool failed = false;
};

std::map<CapabilitySet, Seen> seen_in(const History& history) {
  std::map<CapabilitySet, Seen> seen;
  for (const Observation& observation : history) {
    if (observation.verdict == Verdict::kPassed) seen[observation.grant].passed = true;
    if (observation.verdict == Verdict::kFailed) seen[observation.grant].failed = true;
  }
  return seen;
}

/// The least risky grant with the property that passed and never failed.
template <typename Property>
std::optional<CapabilitySet> least_risky_pass(const std::map<CapabilitySet, Seen>& seen,
                                              Property property) {
  std::optional<CapabilitySet> best;
  for (const auto& [grant, verdicts] : seen) {
    if (!verdicts.passed || verdicts.failed || !property(grant)) continue;
    if (!best || std::is_lt(compare_risk(grant, *best))) best = grant;
  }
  return best;
}

/// Whether a grant that only failed contains one that only passed.
bool contradicted(const std::map<CapabilitySet, Seen>& seen) {
  return std::ranges::any_of(seen, [&seen](const auto& failure) {
    if (failure.second.passed) return false;
    return least_risky_pass(seen,
                            [&](CapabilitySet grant) { return failure.first.contains(grant); })
        .has_value();
  });
}

bool ceiling_passes(const Policy& policy, Replay& replay) {
  const TrialRequest baseline{policy.ceiling, Purpose::kBaseline, {}};
  std::optional<Verdict> verdict = replay.ask(baseline, 1, Verdict::kPassed);
  if (verdict == Verdict::kFailed) verdict = replay.ask(baseline, kCeilingFailures);
  if (verdict == Verdict::kFailed) {
    replay.finish(CeilingFails{replay.trials(policy.ceiling, Verdict::kFailed)});
  }
  return verdict == Verdict::kPassed;
}

/// What was checked while the ceiling passed tells nearly all that is needed: what is believed is
/// where the search begins, unless a better place is known. Nothing of it counts for the proof.
Policy with_trace(const Policy& policy, const Replay& replay) {
  const Observation* const baseline = replay.pass(policy.ceiling);
  if (baseline == nullptr || !baseline->traced) return policy;
  Policy traced_policy = policy;
  traced_policy.is_generous = policy.guess.empty();
  for (const Capability member : policy.ceiling.members()) {
    const double traced = (*baseline->traced)[member];
    // Of the unseen ones a file's capabilities may be needed: the likely ones a little more.
    traced_policy.belief[member] = traced > 0 ? traced : policy.belief[member] * kUnseenFactor;
    if (traced > 0) traced_policy.seen = traced_policy.seen.with(member);
    if (traced >= kBelieved && policy.guess.empty()) {
      traced_policy.guess = traced_policy.guess.with(member);
    }
    if (traced >= kDoubted && traced < kBelieved) traced_policy.is_generous = false;
  }
  return traced_policy;
}

std::optional<CapabilitySet> find_one_minimal(const Policy& given, Replay& replay) {
  if (given.proves_guess) {
    const std::optional<Verdict> verdict =
        replay.ask({given.guess, Purpose::kConfirm, {}}, 1, Verdict::kPassed);
    if (!verdict) return std::nullopt;
    if (verdict == Verdict::kPassed) return minimize(given, replay, {given.guess, given.guess});
  }
  if (!ceiling_passes(given, replay)) return std::nullopt;
  if (given.awaits_trace && given.guess.empty() && replay.pass(given.ceiling) == nullptr) {
    // More would slow the ceiling's trial down, and the trace mostly makes it useless.
    const bool needs_something = std::ranges::any_of(
        all_capabilities(),
        [&given](const CapabilityInfo& row) { return given.belief[row.capability] >= kBelieved; });
    if (!needs_something) replay.ask({{}, Purpose::kSearch, {}}, 1);
    return std::nullopt;
  }
  const Policy policy = with_trace(given, replay);
  const std::optional<Found> found = find_passing(policy, replay);
  if (!found) return std::nullopt;
  return minimize(policy, replay, {found->passing, found->believed});
}

/// Goes beyond one-minimal. Where that cannot be brought to an end, the one-minimal answer stands.
std::optional<Explored> go_beyond(const Policy& policy, Replay& replay, CapabilitySet set) {
  std::optional<Explored> explored = explore(policy, replay, set);
  if (!explored) {
    if (!replay.wanted().empty()) return std::nullopt;
    const bool contradiction = std::holds_alternative<Unstable>(*replay.end());
    replay.resume();
    explored = Explored{{set},
                        {},
                        contradiction ? "the probe contradicted itself on the way"
                                      : "a trial on the way could not be judged"};
  }
  if (!complete(policy, replay, *explored)) return std::nullopt;
  return explored;
}

/// The fewest trials that any claim of the answer rests on.
int fewest_trials(const Minimal& answer) {
  std::vector<std::size_t> counts{answer.proof.passed.size()};
  const auto count = [&counts](const auto& claims) {
    for (const auto& claim : claims) {
      counts.push_back(claim.trials.size());
    }
  };
  count(answer.proof.removals);
  for (const Proof& alternative : answer.alternatives) {
    counts.push_back(alternative.passed.size());
    count(alternative.removals);
  }
  count(answer.essential);
  count(answer.cuts);
  return static_cast<int>(*std::ranges::min_element(counts));
}

/// Reads the answer off the replay and the history.
Minimal read_answer(const Policy& policy, const History& history, const Replay& replay,
                    const Explored& explored) {
  Minimal answer;
  const CapabilitySet set = explored.minimal.front();
  answer.proof = read_proof(replay, set);
  for (const Capability member : set.members()) {
    const CapabilitySet grant = policy.ceiling.without(member);
    if (!replay.fails(grant, replay.confirmations())) continue;
    answer.essential.push_back({member, grant, replay.trials(grant, Verdict::kFailed)});
  }
  for (std::size_t i = 1; i < explored.minimal.size(); ++i) {
    answer.alternatives.push_back(read_proof(replay, explored.minimal[i]));
  }
  const bool by_cuts = policy.level == Level::kLeastRisk || policy.level == Level::kAllMinimal;
  for (const CapabilitySet cut : by_cuts ? explored.cuts : std::vector<CapabilitySet>{}) {
    answer.cuts.push_back({cut, replay.trials(cut, Verdict::kFailed)});
  }
  const std::map<CapabilitySet, Seen> seen = seen_in(history);
  answer.monotone = replay.monotone() && !contradicted(seen);
  answer.stable = std::ranges::none_of(
      seen, [](const auto& entry) { return entry.second.passed && entry.second.failed; });
  answer.other_pass =
      least_risky_pass(seen, [set](CapabilitySet grant) { return !grant.contains(set); });
  answer.unique = answer.monotone && answer.essential.size() == answer.proof.removals.size();
  answer.confirmations = fewest_trials(answer);
  answer.reason = explored.shortfall;
  if (policy.level != Level::kOneMinimal && !answer.monotone) {
    answer.reason =
        "a set that passes lies inside one that fails: nothing follows beyond what was observed";
  }
  answer.complete = answer.reason.empty();
  answer.level = answer.complete ? policy.level : Level::kOneMinimal;
  return answer;
}

std::optional<Minimal> search(const Policy& policy, const History& history, Replay& replay) {
  const std::optional<CapabilitySet> set = find_one_minimal(policy, replay);
  if (!set) return std::nullopt;
  if (policy.level == Level::kOneMinimal) {
    return read_answer(policy, history, replay, {{*set}, {}, {}});
  }
  std::optional<Explored> explored = go_beyond(policy, replay, *set);
  if (!explored) return std::nullopt;
  return read_answer(policy, history, replay, *explored);
}

}  // namespace

Step next(const Policy& policy, const History& history, int slots,
          std::span<const CapabilitySet> parked) {
  Replay replay(policy, history, slots, parked);
  std::optional<Minimal> answer = search(policy, history, replay);
  if (!replay.wanted().empty()) {
    return RunTrials{replay.wanted(), answer ? std::optional(answer->proof.set) : std::nullopt};
  }
  if (answer) return *std::move(answer);
  return *replay.end();
}

std::optional<CapabilitySet> best_so_far(const History& history) {
  return least_risky_pass(seen_in(history), [](CapabilitySet) { return true; });
}

namespace {

std::vector<int> trial_numbers(const History& history, CapabilitySet grant, Verdict verdict) {
  std::vector<int> trials;
  for (const Observation& observation : history) {
    if (observation.grant == grant && observation.verdict == verdict) {
      trials.push_back(observation.trial);
    }
  }
  return trials;
}

}  // namespace

std::optional<Proof> proof_so_far(const History& history) {
  const std::optional<CapabilitySet> best = best_so_far(history);
  if (!best) return std::nullopt;
  Proof proof{*best, trial_numbers(history, *best, Verdict::kPassed), {}};
  for (const Capability member : best->members()) {
    const CapabilitySet grant = best->without(member);
    std::vector<int> failed = trial_numbers(history, grant, Verdict::kFailed);
    if (failed.empty() || !trial_numbers(history, grant, Verdict::kPassed).empty()) continue;
    proof.removals.push_back({member, grant, std::move(failed)});
  }
  return proof;
}

}  // namespace capmin
