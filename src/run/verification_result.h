#pragma once

#include "core/capability_set.h"
#include "core/error.h"
#include "profile/drift.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// What became of a profile, see verify_help(); kNew is one that was found where none was.
enum class ProfileStatus { kOk, kOkNewImage, kBroken, kLoose, kUnstable, kStale, kError, kNew };

/// The word for a status: ok, ok-new-image, broken, ...
std::string_view name_of(ProfileStatus status);

/// All statuses.
constexpr std::array<ProfileStatus, 8> kProfileStatuses{
    ProfileStatus::kOk,    ProfileStatus::kOkNewImage, ProfileStatus::kBroken,
    ProfileStatus::kLoose, ProfileStatus::kUnstable,   ProfileStatus::kStale,
    ProfileStatus::kError, ProfileStatus::kNew};

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

/// Takes over `message`, sanitized; its lines behind the first are details.
void tell(const std::string& message, Verification& verification);

void set_status(ProfileStatus status, ExitCode exit, Verification& verification);

/// The verification that `error` ended.
Verification failed_by(const Error& error);

}  // namespace capmin
