#pragma once

#include "profile/profile.h"
#include "run/image_search.h"
#include "run/options.h"
#include "run/verification_result.h"

#include <optional>
#include <stop_token>

namespace capmin {

/// How much a verification is to find out.
struct VerifyTask {
  bool full = false;     ///< prove every member again
  bool refresh = false;  ///< where anything changed, find the profile anew
  /// Of a search that begins with nothing; none keeps no trials.
  std::optional<SearchJournal> journal = {};
};

struct Verified {
  Verification verification;
  std::optional<Profile> refreshed;  ///< proven in this run
};

/// Runs the image of `search` with the set of `profile`, which was found with other options where
/// its owner changed them since; `options` are those of `search`. A set is broken only by completed
/// trials that agree. Expected troubles, Errors among them, are a status; nothing is written.
/// Nothing when a stop came.
std::optional<Verified> verify(const Profile& profile, const RunOptions& options,
                               const VerifyTask& task, ImageSearch& search,
                               const std::stop_token& stop);

/// Finds the profile of an image that has none yet, as verify() does everything else; the status is
/// kNew.
std::optional<Verified> find_first(const RunOptions& options, const VerifyTask& task,
                                   ImageSearch& search, const std::stop_token& stop);

}  // namespace capmin
