#pragma once

#include "core/capability.h"

#include <string>
#include <vector>

namespace capmin {

/// Whether a platform lets a container hold a capability.
enum class Access {
  kGranted,  ///< unasked
  kAddable,  ///< when the container asks for it
  kRefused,  ///< never
};

/// A platform's answer for one capability.
struct PlatformAccess {
  std::string platform;
  Access access;
};

/// The 11 capabilities that podman 4.3 grants by default (0x800405fb).
CapabilitySet podman_default_set();

/// The nine that CRI-O grants by default since 1.18; containerd grants Docker's 14.
CapabilitySet crio_default_set();

/// What each platform that capmin knows says about `capability`: docker, podman, the levels of
/// Pod Security (addable()), of which "baseline" leaves a container that drops nothing its
/// runtime's default set and "restricted" has it drop ALL, and Fargate, which may add SYS_PTRACE
/// only (the page "KernelCapabilities" of the Amazon ECS API reference) to Docker's default set.
std::vector<PlatformAccess> platforms_for(Capability capability);

}  // namespace capmin
