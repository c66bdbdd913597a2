#include "trial/harmless_evidence.h"

#include "trial/trial_observation.h"

#include <vector>

namespace capmin {
namespace {

Check without_count(Check check) {
  check.count = 0;
  return check;
}

/// What was asked, whatever the process held.
CapabilityRequest question_of(CapabilityRequest request) {
  request.held = {};
  request.count = 0;
  return request;
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
  for (const CapabilityRequest& request : passed.outcome.trace->requests) {
    if (!request.lacking().empty()) refused_.insert(question_of(request));
  }
}

bool HarmlessEvidence::holds(const Clue& clue) const {
  return lines_.contains(normalized(clue.line));
}

bool HarmlessEvidence::holds(const Check& check) const {
  return denied_.contains(without_count(check));
}

bool HarmlessEvidence::holds(const CapabilityRequest& request) const {
  return refused_.contains(question_of(request));
}

void HarmlessEvidence::take_from(FinishedTrial& failed) const {
  std::erase_if(failed.clues, [this](const Clue& clue) { return holds(clue); });
  failed.observation = observation_of(failed, *this);
}

}  // namespace capmin
