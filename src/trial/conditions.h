#pragma once

#include "core/capability.h"
#include "core/trial.h"

#include <optional>
#include <vector>

namespace capmin {

/// What the settings for ports below 1024 and for ping can make needed.
inline constexpr CapabilitySet kOfPortsAndPing{Capability::kNetBindService, Capability::kNetRaw};

/// A trial under the engine's own settings for ports and ping, and how it ended.
struct ConditionTrial {
  CapabilitySet grant;
  Verdict verdict = Verdict::kUndecided;
  int number = 0;  ///< of the run's trials
};

/// Finds out which members of a minimal set are needed only because ports below 1024 and ping are
/// privileged in the trials: those without which the probe passes under the engine's own settings.
/// Pure: `trials` are those that have finished, in their order.
class Conditions {
 public:
  Conditions(CapabilitySet set, const std::vector<ConditionTrial>& trials);

  /// The grant to try next; nothing when all is known, or cannot be.
  const std::optional<CapabilitySet>& wanted() const { return wanted_; }
  /// The members that are needed only where ports or ping are privileged.
  CapabilitySet conditional() const { return conditional_; }
  /// The members about which nothing could be found out: the engine failed.
  CapabilitySet unknown() const { return unknown_; }
  /// The grants that were asked about.
  const std::vector<CapabilitySet>& asked() const { return asked_; }

 private:
  std::optional<Verdict> ask(CapabilitySet grant, const std::vector<ConditionTrial>& trials);

  std::optional<CapabilitySet> wanted_;
  CapabilitySet conditional_;
  CapabilitySet unknown_;
  std::vector<CapabilitySet> asked_;
};

/// Finds out whether a probe that fails even with the ceiling, where ports below 1024 and ping are
/// privileged, passes under the engine's own settings: with nothing, or else with the ceiling.
/// Pure, as Conditions is.
class OpenPorts {
 public:
  OpenPorts(CapabilitySet ceiling, const std::vector<ConditionTrial>& trials);

  /// The grant to try next; nothing when all is known, or cannot be.
  const std::optional<CapabilitySet>& wanted() const { return wanted_; }
  /// The trial that passed; nothing where none did.
  const std::optional<ConditionTrial>& passed() const { return passed_; }

 private:
  std::optional<CapabilitySet> wanted_;
  std::optional<ConditionTrial> passed_;
};

}  // namespace capmin
