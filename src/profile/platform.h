#pragma once

#include "core/capability.h"
#include "profile/profile.h"

#include <string>
#include <string_view>
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

/// The levels of the Kubernetes Pod Security Standards, strictest first.
enum class PodSecurity { kRestricted, kBaseline, kPrivileged };

/// The level's name in Kubernetes: restricted, baseline or privileged.
std::string_view name_of(PodSecurity level);

/// What a container may add under the level, as the Kubernetes page "Pod Security Standards" lists
/// it. NET_RAW, which Docker grants by default, is beyond baseline. No level but restricted says
/// what a container must drop: one that drops nothing holds its runtime's default set.
CapabilitySet addable(PodSecurity level);

/// How a Pod stands to the levels whose container runs as the trials of a profile did.
struct PodSecurityStanding {
  PodSecurity level = PodSecurity::kPrivileged;  ///< the strictest that admits the Pod
  std::vector<std::string> refused;  ///< what "baseline" refuses: capabilities first, then others
  CapabilitySet beyond_restricted;   ///< capabilities that "restricted" refuses
  /// What "restricted" asks for besides and the proof did not have, in words.
  std::vector<std::string> lacking;
};

/// The standing of a container that drops ALL, adds `add` and has everything else as the profile
/// has it. By the page "Pod Security Standards" of Kubernetes 1.30: capabilities, the host's
/// network and paths, sysctls, seccomp, AppArmor, SELinux; and for "restricted" a user other than
/// root, who must be known by number, because the kubelet does not look names up.
PodSecurityStanding pod_security_of(const Profile& profile, CapabilitySet add);

/// What "restricted" refuses and asks for in half a sentence; empty where it admits the Pod.
std::string restricted_lacks(const PodSecurityStanding& standing);

/// True when every level but "privileged" lets a Pod set the sysctl `name`, and every kubelet does.
bool is_safe_sysctl(std::string_view name);

/// True when `user`, as an image or --user names it, is root: empty, root or 0, with any group.
bool is_root(std::string_view user);

}  // namespace capmin
