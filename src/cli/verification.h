#pragma once

#include "cli/chosen_rules.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "core/capability_set.h"
#include "profile/drift.h"
#include "profile/profile.h"
#include "system/process.h"

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// What became of a profile, see verify_help().
enum class ProfileStatus { kOk, kOkNewImage, kBroken, kLoose, kUnstable, kStale, kError };

/// The word for a status: ok, ok-new-image, broken, ...
std::string_view name_of(ProfileStatus status);

/// What a verification has found.
struct Verification {
  ProfileStatus status = ProfileStatus::kError;
  int exit = 0;                      ///< the status of a program that ends with this
  std::string text;                  ///< in one sentence
  std::vector<std::string> details;  ///< what was seen: cause, output of the probe; sanitized
  std::string hint;                  ///< what to do next; may be empty
  CapabilitySet set;                 ///< that was tried
  CapabilitySet droppable;           ///< members that are not needed
  CapabilitySet conditional;         ///< members that are needed only under a condition
  Drift drift;
  int trials = 0;  ///< containers that were started
};

/// How much a verification is to find out.
struct VerifyTask {
  bool full = false;     ///< prove every member again
  bool refresh = false;  ///< where anything changed, find the profile anew
};

/// What verifications work with.
struct VerifyBench {
  ProcessRunner& runner;
  const ChosenRules& rules;
  Terminal* terminal = nullptr;  ///< shows the trials; null shows nothing
  std::stop_token stop;
};

struct Verified {
  Verification verification;
  std::optional<Profile> refreshed;  ///< proven in this run
};

/// Runs the image of `options` with the set of `profile`, which was found with other options where
/// its owner changed them since. A set is broken only by completed trials that agree. Expected
/// troubles, Errors among them, are a status; nothing is written. Nothing when a stop came.
std::optional<Verified> verify(const Profile& profile, const RunOptions& options,
                               const VerifyTask& task, const VerifyBench& bench);

/// The verification that `error` ended.
Verification failed_by(const Error& error);

}  // namespace capmin
