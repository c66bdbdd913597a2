#pragma once

#include "profile/profile.h"

#include <string>
#include <vector>

namespace capmin {

/// What the trials did not exercise, as far as the profile tells: a sentence for each, with the
/// option that would have. The answer holds for the rest only.
std::vector<std::string> gaps_of(const Profile& profile);

}  // namespace capmin
