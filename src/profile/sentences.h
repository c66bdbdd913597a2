#pragma once

#include "profile/profile.h"

#include <string>

namespace capmin {

/// Whether the search behind the profile came to its end.
bool is_complete(const Profile& profile);

/// The capabilities that are needed only under a condition.
CapabilitySet conditional_set(const Profile& profile);

/// What the image needs of Docker's default set, and how much can be dropped everywhere: "needs 4
/// of Docker's 14 default capabilities, 1 more in some places; 9 can be dropped".
std::string needs_text(const Profile& profile);

/// A condition of a profile in a reader's terms, where capmin knows who meets it: "only where ...".
/// Other conditions are shown() as they are.
std::string condition_text(const std::string& when, const Profile& profile);

/// The strictest level of Kubernetes' Pod Security that admits the container as it was proven, what
/// the next one asks for, and what the conditional capabilities change about that; half a sentence.
std::string pod_security_text(const Profile& profile);

/// What a Pod holds that drops nothing; half a sentence.
std::string default_set_text();

}  // namespace capmin
