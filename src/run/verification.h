#pragma once

#include "core/capability.h"
#include "core/enum_words.h"
#include "core/error.h"
#include "options/run_options.h"
#include "profile/profile.h"
#include "profile/profile_diff.h"
#include "run/image_search.h"

#include <array>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// What became of a profile, see verify_help(); kNew is one that was found where none was.
enum class ProfileStatus { kOk, kOkNewImage, kBroken, kLoose, kUnstable, kStale, kError, kNew };

/// The words for statuses.
inline constexpr auto kProfileStatuses = std::to_array<EnumWord<ProfileStatus>>({
    {ProfileStatus::kOk, "ok"},
    {ProfileStatus::kOkNewImage, "ok-new-image"},
    {ProfileStatus::kBroken, "broken"},
    {ProfileStatus::kLoose, "loose"},
    {ProfileStatus::kUnstable, "unstable"},
    {ProfileStatus::kStale, "stale"},
    {ProfileStatus::kError, "error"},
    {ProfileStatus::kNew, "new"},
});

/// The word for a status.
constexpr std::string_view name_of(ProfileStatus status) {
  return word_of(kProfileStatuses, status);
}

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
  int trials = 0;                    ///< containers that were started
  std::optional<Profile> refreshed;  ///< what was proven anew in this run, if that was wanted
};

/// Takes over `message`, sanitized; its lines behind the first are details.
void tell(const std::string& message, Verification& verification);

void set_status(ProfileStatus status, ExitCode exit, Verification& verification);

/// The verification that `error` ended.
Verification failed_by(const Error& error);

/// The set as a sentence goes on with it: "with CHOWN,KILL", "without any capability".
std::string with(CapabilitySet set);

/// What is known of the set besides the result.
struct ConclusionFacts {
  bool is_proven = false;     ///< each member that is left was seen to be needed
  bool is_refreshed = false;  ///< a profile is found anew: no hint says how to get one
};

/// Gives `result` the status, the sentence and the hint of a profile whose set works, by its set,
/// the members that could go, and its drift.
void conclude(const ConclusionFacts& facts, Verification& result);

/// How much a verification is to find out.
struct VerifyTask {
  bool full = false;     ///< prove every member again
  bool refresh = false;  ///< where anything changed, find the profile anew
  /// Of a search that begins with nothing; none keeps no trials.
  std::optional<SearchJournal> journal = {};
};

/// Runs the image of `search` with the set of `profile`, which was found with other options where
/// its owner changed them since; `options` are those of `search`. A set is broken only by completed
/// trials that agree. Expected troubles, Errors among them, are a status; nothing is written.
/// Nothing when a stop came.
std::optional<Verification> verify(const Profile& profile, const RunOptions& options,
                                   const VerifyTask& task, ImageSearch& search,
                                   const std::stop_token& stop);

/// Finds the profile of an image that has none yet, as verify() does everything else; the status is
/// kNew.
std::optional<Verification> find_first(const RunOptions& options, const VerifyTask& task,
                                       ImageSearch& search, const std::stop_token& stop);

}  // namespace capmin
