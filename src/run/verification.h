#pragma once

#include "profile/profile.h"
#include "run/chosen_rules.h"
#include "run/options.h"
#include "run/terminal.h"
#include "run/verification_result.h"
#include "system/process.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <stop_token>

namespace capmin {

/// How much a verification is to find out.
struct VerifyTask {
  bool full = false;     ///< prove every member again
  bool refresh = false;  ///< where anything changed, find the profile anew
};

/// Where a search that begins with nothing keeps its trials, so that the next one can go on.
struct SearchJournal {
  std::filesystem::path path;
  /// All that the result depends on: only a search of the same key goes on with the trials of one
  /// that was interrupted or crashed.
  std::string key;
};

/// What verifications work with.
struct VerifyBench {
  ProcessRunner& runner;
  const ChosenRules& rules;
  Terminal* terminal = nullptr;  ///< shows the trials; null shows nothing
  std::stop_token stop;
  /// When trials end, whatever they have shown: that is Error kBudget.
  std::optional<std::chrono::steady_clock::time_point> until = {};
  std::optional<SearchJournal> journal = {};  ///< none keeps no trials
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

/// Finds the profile of an image that has none yet, as verify() does everything else; the status is
/// kNew.
std::optional<Verified> find_first(const RunOptions& options, const VerifyBench& bench);

}  // namespace capmin
