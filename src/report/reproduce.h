#pragma once

#include "profile/profile.h"

#include <string>
#include <vector>

namespace capmin {

/// A command line to repeat the search with.
struct Reproduction {
  /// On one line, fit for a shell: every argument is quoted. Empty where the profile's options are
  /// no container's; the notes say so.
  std::string command;
  std::vector<std::string> notes;  ///< what the profile does not tell and a person has to add
};

/// The command that makes the profile again, as far as the profile tells.
Reproduction reproduction_of(const Profile& profile);

}  // namespace capmin
