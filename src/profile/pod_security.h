#pragma once

#include "core/capability_set.h"

#include <string_view>

namespace capmin {

/// The levels of the Kubernetes Pod Security Standards, strictest first.
enum class PodSecurity { kRestricted, kBaseline, kPrivileged };

/// The level's name in Kubernetes: restricted, baseline or privileged.
std::string_view name_of(PodSecurity level);

/// What a container may add under the level, as the Kubernetes page "Pod Security Standards" lists
/// it. NET_RAW, which Docker grants by default, is beyond baseline.
CapabilitySet addable(PodSecurity level);

/// The strictest level whose rules on capabilities admit a container that drops ALL and adds
/// `add`. The levels have other rules too; restricted demands a user other than root.
PodSecurity pod_security_of(CapabilitySet add);

/// True when `user`, as an image or --user names it, is root: empty, root or 0, with any group.
bool is_root(std::string_view user);

}  // namespace capmin
