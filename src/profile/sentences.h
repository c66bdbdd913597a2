#pragma once

#include "profile/profile.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

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

/// Which service of which stack the profile is of, and in whose company it was tried: "web of
/// compose.yaml, with db and cache, new for each trial"; empty for a profile of no stack.
/// Untrusted.
std::string stack_text(const Profile::Stack& stack);

/// What became of the whole stack with all new sets; empty for a profile of no stack. Untrusted.
std::string joint_text(const Profile::Stack& stack);

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

/// The end of a run in a few lines for a person: what the image needs, which other sets work, how
/// to avoid it, how far it is proven and by which trials, what Kubernetes says, the first warnings,
/// what it cost, the options that grant the set, and what to do next. `written_to` is where the
/// profile went; empty when it went nowhere. Lines end with a line break and are broken at blanks
/// to be no longer than `width`; texts that are not printable ASCII are shown escaped.
std::string summary(const Profile& profile, std::string_view written_to, std::size_t width = 100);

}  // namespace capmin
