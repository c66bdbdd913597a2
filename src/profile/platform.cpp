#include "profile/platform.h"

#include "profile/pod_security.h"

namespace capmin {
namespace {

Access access(Capability capability, CapabilitySet granted, CapabilitySet addable) {
  if (granted.contains({capability})) return Access::kGranted;
  return addable.contains({capability}) ? Access::kAddable : Access::kRefused;
}

}  // namespace

CapabilitySet podman_default_set() {
  return CapabilitySet::from_bits(0x800405fb);
}

CapabilitySet crio_default_set() {
  using enum Capability;
  return {kChown,  kDacOverride, kFsetid,         kFowner, kSetgid,
          kSetuid, kSetpcap,     kNetBindService, kKill};
}

std::vector<PlatformAccess> platforms_for(Capability capability) {
  const CapabilitySet all = addable(PodSecurity::kPrivileged);
  const CapabilitySet docker = docker_default_set();
  const CapabilitySet baseline = addable(PodSecurity::kBaseline);
  const CapabilitySet restricted = addable(PodSecurity::kRestricted);
  return {{"Docker", access(capability, docker, all)},
          {"podman", access(capability, podman_default_set(), all)},
          {"Kubernetes baseline, containerd", access(capability, docker, baseline)},
          {"Kubernetes baseline, CRI-O", access(capability, crio_default_set(), baseline)},
          {"Kubernetes restricted", access(capability, {}, restricted)},
          {"Fargate", access(capability, docker, {Capability::kSysPtrace})}};
}

}  // namespace capmin
