#include "trial/harmless_evidence.h"

#include "trial/trial_observation.h"

#include <vector>

namespace capmin {
namespace {

Check without_count(Check check) {
  check.count = 0;
  return check;
}

}  // namespace

void HarmlessEvidence::add(const FinishedTrial& passed) {
  for (const Clue& clue : passed.clues) {
    lines_.insert(normalized(clue.line));
  }
  if (!passed.outcome.trace) return;
  for (const Check& check : passed.outcome.trace->checks) {
    if (check.result == CheckResult::kHard) denied_.insert(without_count(check));
  }
}

bool HarmlessEvidence::holds(const Clue& clue) const {
  return lines_.contains(normalized(clue.line));
}

bool HarmlessEvidence::holds(const Check& check) const {
  return denied_.contains(without_count(check));
}

void HarmlessEvidence::take_from(FinishedTrial& failed) const {
  std::erase_if(failed.clues, [this](const Clue& clue) { return holds(clue); });
  failed.observation = observation_of(failed, *this);
}

}  // namespace capmin
