#include "run/run_evidence.h"

#include "core/trace.h"
#include "text/sanitize.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace capmin {
namespace {

/// What is told of a member, and the trial in which it was seen.
struct Told {
  int trial = 0;
  std::vector<Check> checks;
};

const FinishedTrial* traced(const std::vector<FinishedTrial>& trials) {
  const auto found = std::ranges::find_if(
      trials, [](const FinishedTrial& trial) { return trial.outcome.trace.has_value(); });
  return found == trials.end() ? nullptr : &*found;
}

const FinishedTrial* traced(const std::vector<int>& numbers, const SearchResult& result) {
  const auto found = std::ranges::find_if(
      numbers, [&result](int number) { return result.trial(number).outcome.trace.has_value(); });
  return found == numbers.end() ? nullptr : &result.trial(*found);
}

Told told_of(const Removal& removal, const SearchResult& result, const FinishedTrial* baseline) {
  const auto in = [&removal](const FinishedTrial* trial, CheckResult outcome) -> Told {
    if (trial == nullptr) return {};
    return {trial->number, telling_checks(*trial->outcome.trace, removal.without, outcome)};
  };
  const FinishedTrial* const without_it = traced(removal.trials, result);
  for (const CheckResult denied : {CheckResult::kHard, CheckResult::kSoft}) {
    Told told = in(without_it, denied);
    if (!told.checks.empty()) return told;
  }
  return in(baseline, CheckResult::kGranted);
}

/// What was asked for, whatever became of it.
CapabilitySet asked_for(const Trace& trace) {
  CapabilitySet set;
  for (const Check& check : trace.checks) {
    set = set.with(check.capability);
  }
  return set;
}

int as_int(std::uint64_t count) {
  return static_cast<int>(std::clamp<std::uint64_t>(count, 1, std::numeric_limits<int>::max()));
}

void add_reason(const Removal& removal, const Told& told, Profile& profile) {
  const auto reason = std::ranges::find(profile.reasons, removal.without, &Profile::Reason::name);
  if (reason == profile.reasons.end()) return;
  for (const Check& check : told.checks) {
    reason->checks.push_back({sanitize(check.call), sanitize(check.process), check.result});
    profile.run.checks.push_back(
        {removal.without, told.trial, reason->checks.back(), as_int(check.count)});
  }
}

}  // namespace

std::optional<FirstStart> first_start(const SearchResult& result, CapabilitySet ceiling,
                                      const Proof& proof) {
  const std::vector<FinishedTrial> baselines = result.baselines(ceiling);
  if (baselines.empty() || !baselines.front().outcome.trace || proof.passed.empty()) return {};
  const int last = std::ranges::max(proof.passed);
  if (baselines.front().number > last) return {};
  CapabilitySet again;
  bool was_watched = false;
  for (const int number : proof.passed) {
    const std::optional<Trace>& trace = result.trial(number).outcome.trace;
    if (!trace) continue;
    was_watched = true;
    again |= asked_for(*trace);
  }
  if (!was_watched) return {};
  FirstStart first;
  for (const FinishedTrial& baseline : baselines) {
    if (baseline.number <= last || !baseline.outcome.trace) continue;
    first.was_repeated = true;
    again |= asked_for(*baseline.outcome.trace);
  }
  first.used_once =
      checked(*baselines.front().outcome.trace, CheckResult::kGranted) - again - proof.set;
  return first;
}

void add_evidence(const SearchResult& result, CapabilitySet ceiling, const Proof& proof,
                  Profile& profile) {
  const std::vector<FinishedTrial> baselines = result.baselines(ceiling);
  const FinishedTrial* const baseline = traced(baselines);
  for (const Removal& removal : proof.removals) {
    add_reason(removal, told_of(removal, result, baseline), profile);
  }
  const FinishedTrial* const passed = traced(proof.passed, result);
  if (baseline == nullptr || passed == nullptr) return;
  for (const auto& [used, without] :
       unneeded_checks(*baseline->outcome.trace, *passed->outcome.trace, proof.set)) {
    profile.run.unneeded.push_back({used.capability, sanitize(used.call), sanitize(used.process),
                                    as_int(used.count), without});
  }
}

}  // namespace capmin
