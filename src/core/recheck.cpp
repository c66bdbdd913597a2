#include "core/recheck.h"

#include "core/replay.h"

#include <algorithm>
#include <optional>

namespace capmin {
namespace {

/// What the history shows of one grant.
struct Seen {
  std::vector<int> passed;
  std::vector<int> failed;
  std::vector<int> undecided;  ///< since the last completed trial
};

Seen seen(CapabilitySet grant, const History& history) {
  Seen seen;
  for (const Observation& observation : history) {
    if (observation.grant != grant) continue;
    if (observation.verdict == Verdict::kUndecided) {
      seen.undecided.push_back(observation.trial);
      continue;
    }
    seen.undecided.clear();
    (observation.verdict == Verdict::kPassed ? seen.passed : seen.failed)
        .push_back(observation.trial);
  }
  return seen;
}

bool has(const std::vector<int>& trials, int count) {
  return static_cast<int>(trials.size()) >= count;
}

/// The end that a grant brings about whatever is asked of it.
std::optional<RecheckStep> trouble(CapabilitySet grant, const Seen& seen) {
  if (!seen.passed.empty() && !seen.failed.empty()) {
    return Unstable{grant, seen.passed, seen.failed};
  }
  if (has(seen.undecided, kMostUndecided)) return Undecided{grant, seen.undecided};
  return std::nullopt;
}

}  // namespace

RecheckStep next(const Recheck& recheck, const History& history) {
  const Seen set = seen(recheck.set, history);
  const Seen ceiling = seen(recheck.ceiling, history);
  if (const auto end = trouble(recheck.set, set)) return *end;
  if (const auto end = trouble(recheck.ceiling, ceiling)) return *end;

  const RunTrials ask_set{{{recheck.set, Purpose::kConfirm, {}}}};
  const RunTrials ask_ceiling{{{recheck.ceiling, Purpose::kBaseline, {}}}};
  if (has(ceiling.failed, kLeastFailures)) return CeilingFails{ceiling.failed};
  const bool is_ceiling_wanted = recheck.ceiling_first || !set.failed.empty();
  if (is_ceiling_wanted && ceiling.passed.empty()) return ask_ceiling;
  if (has(set.failed, std::max(kLeastFailures, recheck.confirm))) return Broken{set.failed};
  if (has(set.passed, recheck.confirm)) return Holds{set.passed};
  return ask_set;
}

}  // namespace capmin
