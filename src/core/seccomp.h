#pragma once

#include "core/capability.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// The capabilities each of which makes Docker's default seccomp filter permit the system call
/// `call` that it refuses otherwise, with EPERM, before the kernel looks at capabilities; empty for
/// a call that it refuses whatever is granted. Nothing for a call that it does not refuse. As
/// profiles/seccomp/default.json of moby has it for engines 20.10 and newer, on kernels from 4.8.
std::optional<CapabilitySet> opens_in_seccomp(std::string_view call);

/// Of these the least risky one; nothing for a call that no capability opens, or that the filter
/// does not refuse.
std::optional<Capability> least_opening_seccomp(std::string_view call);

/// What the filter makes of `calls`, in a sentence for a person; empty where `calls` is.
std::string seccomp_sentence(const std::vector<std::string>& calls);

}  // namespace capmin
