#pragma once

#include "profile/profile.h"

#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// One check in words: "setuid by supervisord: denied, and the call failed". Untrusted and
/// unescaped.
std::string check_text(const Profile::Check& check);

/// What the kernel was asked about a member, for people, most telling first: "chown by nginx:
/// denied, and the call failed; once in trial 2". Untrusted and unescaped: process names are the
/// image's. Empty where the profile tells of no checks.
std::vector<std::string> check_texts(const Profile& profile, Capability name);

/// Who used a capability that is no member: "chown by nginx, 5 times". Untrusted and unescaped.
std::string use_text(const Profile::Unneeded& unneeded);

/// What becomes of that without the capability: "denied, and the call failed".
std::string_view result_text(const Profile::Unneeded& unneeded);

/// The capabilities that the image used and does not need, with what becomes of each use, for a
/// terminal; empty where the profile tells of none.
std::string unneeded_text(const Profile& profile);

}  // namespace capmin
