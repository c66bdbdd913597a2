#pragma once

#include "compose/project.h"
#include "core/capability.h"
#include "profile/profile.h"
#include "trial/probe.h"

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace capmin {

/// A service with the set that the file is to give it.
struct JointService {
  std::string service;
  CapabilitySet set;
  Probe probe;                                 ///< prepared, as in TrialSetup
  std::chrono::milliseconds patience{60'000};  ///< until its probe must have passed
};

/// Two services that do not work together with their new sets.
struct Disagreement {
  std::string service;  ///< whose probe fails
  /// Whose new set is enough for that beside its own; empty: no single one.
  std::vector<std::string> with;
  std::string what;  ///< what was seen of the service, for a person; sanitized
};

/// What became of the whole stack with all new sets.
struct JointResult {
  JointProof proof = JointProof::kUntried;
  std::vector<Disagreement> disagreements;  ///< of kFailed
  std::string reason;                       ///< of kUntried, for a person
  int projects = 0;                         ///< that were brought up
};

/// Brings the whole stack up with the sets of all `services` at once, under the engine's own
/// settings for ports, and asks every probe. Where one fails, finds out with whose new set. Nothing
/// is said of a stack that fails with the sets of the file as well, or of an engine in trouble.
/// `say` is told what is tried.
JointResult prove_jointly(const StackBench& bench, const std::vector<JointService>& services,
                          const std::function<void(const std::string&)>& say,
                          const std::stop_token& stop);

}  // namespace capmin
