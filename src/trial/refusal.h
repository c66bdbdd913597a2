#pragma once

#include "core/error.h"
#include "engine/dialect.h"
#include "trial/trial.h"

#include <optional>

namespace capmin {

/// Why a trial's container was refused, where that is the fault of the image or of the options.
struct Refusal {
  Error error;  ///< kNoWorkingSet for the image, kUsage for the options
  /// The engine's words say so by themselves; otherwise only a refusal that comes again is a fault.
  bool is_known = false;
};

/// Finds out whose fault `refused` is: by its words, or by asking the engine for plain containers
/// of the image, whose program does not exist: with options of capmin's own alone, then with
/// another user and working directory than the image's. Nothing where the engine refuses these,
/// too, or the words tell of the machine: that is engine trouble.
std::optional<Refusal> refusal_of(const RefusedContainer& refused, const TrialSetup& setup,
                                  const TrialIdentity& identity, Engine& engine,
                                  ProcessRunner& runner);

/// Whether two refusals have the same words, but for numbers, times and ids.
bool are_alike(const RefusedContainer& one, const RefusedContainer& other);

}  // namespace capmin
