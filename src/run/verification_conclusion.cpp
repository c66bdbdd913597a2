#include "run/verification_conclusion.h"

#include "text/sanitize.h"

#include <vector>

namespace capmin {
namespace {

std::string fields_of(const std::vector<Change>& changes) {
  std::string text;
  for (const Change& change : changes) {
    text += (text.empty() ? "" : ", ") + sanitize(change.field);
  }
  return text;
}

}  // namespace

std::string with(CapabilitySet set) {
  return set.empty() ? "without any capability" : "with " + to_string(set);
}

void conclude(const ConclusionFacts& facts, Verification& result) {
  const Drift& drift = result.drift;
  result.text = "works " + with(result.set);
  if (facts.is_proven && result.droppable.empty() && !result.set.empty()) {
    result.text += "; without any one of them the probe fails";
  }
  if (!result.droppable.empty() || !result.conditional.empty()) {
    set_status(ProfileStatus::kLoose, ExitCode::kDifference, result);
    if (!result.droppable.empty()) {
      result.text += "; could drop " + to_string(result.droppable);
    }
    if (!result.conditional.empty()) {
      result.text +=
          "; needs " + to_string(result.conditional) + " only where ports or ping are privileged";
    }
    if (!facts.is_refreshed)
      result.hint = "capmin verify --update writes the smaller set beside the profile";
  } else if (!drift.stale.empty()) {
    set_status(ProfileStatus::kStale, ExitCode::kDifference, result);
    if (!facts.is_refreshed) result.hint = "capmin verify --update proves it as things are now";
  } else if (drift.is_new_image) {
    set_status(ProfileStatus::kOkNewImage, ExitCode::kDone, result);
  } else {
    set_status(ProfileStatus::kOk, ExitCode::kDone, result);
  }
  if (!drift.stale.empty()) result.text += "; changed since the proof: " + fields_of(drift.stale);
  if (drift.is_new_image) result.text += "; the image is another one";
}

}  // namespace capmin
