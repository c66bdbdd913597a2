#pragma once

#include "profile/profile.h"

#include <string>
#include <vector>

namespace capmin {

/// A command line to repeat the search with.
struct Reproduction {
  std::string command;             ///< on one line, fit for a shell: every argument is quoted
  std::vector<std::string> notes;  ///< what the profile does not tell and a person has to add
};

/// The command that makes the profile again, as far as the profile tells.
Reproduction reproduction_of(const Profile& profile);

/// `argument` as a shell takes it back: in single quotes unless it is plain. What acts unseen is
/// shown as visible() shows it.
std::string shell_quoted(const std::string& argument);

}  // namespace capmin
