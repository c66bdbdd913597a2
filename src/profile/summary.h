#pragma once

#include "profile/profile.h"

#include <string>
#include <string_view>

namespace capmin {

/// The end of a run in a few lines for a person: what the image needs, which other sets work, how
/// to avoid it, how far it is proven and by which trials, what Kubernetes says, what it cost, and
/// the first warnings. `written_to` is where the profile went; empty when it went nowhere. Lines
/// end with a line break; texts that are not printable ASCII are shown escaped.
std::string summary(const Profile& profile, std::string_view written_to);

}  // namespace capmin
