#include "profile/pod_security.h"

namespace capmin {

std::string_view name_of(PodSecurity level) {
  switch (level) {
    case PodSecurity::kRestricted:
      return "restricted";
    case PodSecurity::kBaseline:
      return "baseline";
    case PodSecurity::kPrivileged:
      return "privileged";
  }
  return "privileged";
}

CapabilitySet addable(PodSecurity level) {
  using enum Capability;
  switch (level) {
    case PodSecurity::kRestricted:
      return {kNetBindService};
    case PodSecurity::kBaseline:
      return {kAuditWrite,     kChown,   kDacOverride, kFowner,  kFsetid, kKill,     kMknod,
              kNetBindService, kSetfcap, kSetgid,      kSetpcap, kSetuid, kSysChroot};
    case PodSecurity::kPrivileged:
      break;
  }
  CapabilitySet all;
  for (const CapabilityInfo& row : all_capabilities()) {
    all = all.with(row.capability);
  }
  return all;
}

PodSecurity pod_security_of(CapabilitySet add) {
  for (const PodSecurity level : {PodSecurity::kRestricted, PodSecurity::kBaseline}) {
    if (addable(level).contains(add)) return level;
  }
  return PodSecurity::kPrivileged;
}

bool is_root(std::string_view user) {
  const std::string_view name = user.substr(0, user.find(':'));
  return name == "root" || name.find_first_not_of('0') == std::string_view::npos;
}

}  // namespace capmin
