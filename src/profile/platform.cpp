#include "profile/platform.h"

#include "profile/container_settings.h"
#include "text/words.h"

#include <algorithm>
#include <array>

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

namespace {

/// SELinux types of the page, beside the empty one.
constexpr std::array<std::string_view, 4> kSelinuxTypes{
    "type:container_t", "type:container_init_t", "type:container_kvm_t", "type:container_engine_t"};

/// What of a --security-opt for SELinux "baseline" refuses: other types, and any user and role.
bool is_refused_label(std::string_view option) {
  constexpr std::string_view kLabel = "label";
  if (!option.starts_with(kLabel) || option.size() == kLabel.size()) return false;
  const std::string_view label = option.substr(kLabel.size() + 1);
  if (label.starts_with("type:")) {
    return std::ranges::find(kSelinuxTypes, label) == kSelinuxTypes.end();
  }
  return label.starts_with("user:") || label.starts_with("role:");
}

/// What "baseline" refuses in a setting, in words of ours; empty where it is nothing.
std::string refusal_of(const Setting& setting) {
  switch (setting.kind) {
    case SettingKind::kNetwork:
      return setting.value == "host" ? "the host's network" : "";
    case SettingKind::kVolume: {
      const MountSetting volume = parse_volume_setting(setting.value);
      return volume.is_host_path() ? "a path of the host" : "";
    }
    case SettingKind::kSysctl: {
      const std::string name = split_at(setting.value, '=').first;
      return is_safe_sysctl(name) ? "" : "a sysctl that is not safe";
    }
    case SettingKind::kSeccomp:
      return setting.value == "unconfined" ? "seccomp unconfined" : "";
    case SettingKind::kAppArmor:
      return setting.value == "unconfined" ? "AppArmor unconfined" : "";
    case SettingKind::kSecurity:
      return is_refused_label(setting.value) ? "an SELinux label of its own" : "";
    default:
      return {};
  }
}

std::vector<std::string> lacking_of(const Profile& profile, const std::vector<Setting>& settings) {
  std::vector<std::string> lacking;
  const UserSetting user = parse_user(profile.image.user);
  if (!user.uid) {
    lacking.emplace_back("a user known by number, not by name");
  } else if (*user.uid == 0) {
    lacking.emplace_back("a user other than root");
  }
  if (!has_setting(settings, SettingKind::kNoNewPrivileges)) {
    lacking.emplace_back("no-new-privileges (allowPrivilegeEscalation: false)");
  }
  switch (seccomp_filter(profile)) {
    case SeccompFilter::kEngine:
      break;
    case SeccompFilter::kOther:
      lacking.emplace_back("the runtime's seccomp filter, but another one was in force");
      break;
    case SeccompFilter::kNone:
      lacking.emplace_back("a seccomp filter (RuntimeDefault)");
      break;
  }
  return lacking;
}

}  // namespace

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

PodSecurityStanding pod_security_of(const Profile& profile, CapabilitySet add) {
  const std::vector<Setting> settings = container_settings(profile);
  PodSecurityStanding standing;
  if (const CapabilitySet beyond = add - addable(PodSecurity::kBaseline); !beyond.empty()) {
    standing.refused.push_back(to_string(beyond));
  }
  for (const Setting& setting : settings) {
    if (std::string refused = refusal_of(setting); !refused.empty()) {
      standing.refused.push_back(std::move(refused));
    }
  }
  standing.beyond_restricted = add - addable(PodSecurity::kRestricted);
  standing.lacking = lacking_of(profile, settings);
  const bool fits_restricted = standing.beyond_restricted.empty() && standing.lacking.empty();
  standing.level = !standing.refused.empty() ? PodSecurity::kPrivileged
                   : fits_restricted         ? PodSecurity::kRestricted
                                             : PodSecurity::kBaseline;
  return standing;
}

std::string restricted_lacks(const PodSecurityStanding& standing) {
  std::string text;
  if (!standing.beyond_restricted.empty()) {
    text = "refuses " + to_string(standing.beyond_restricted);
  }
  if (standing.lacking.empty()) return text;
  text += text.empty() ? "asks for " : " and asks for ";
  for (std::size_t i = 0; i < standing.lacking.size(); ++i) {
    text += (i == 0 ? "" : ", ") + standing.lacking[i];
  }
  return text;
}

bool is_safe_sysctl(std::string_view name) {
  // The last one of them became safe in Kubernetes 1.32.
  constexpr std::array<std::string_view, 12> kSafe{"kernel.shm_rmid_forced",
                                                   "net.ipv4.ip_local_port_range",
                                                   "net.ipv4.tcp_syncookies",
                                                   "net.ipv4.ping_group_range",
                                                   "net.ipv4.tcp_keepalive_time",
                                                   "net.ipv4.ip_unprivileged_port_start",
                                                   "net.ipv4.tcp_fin_timeout",
                                                   "net.ipv4.tcp_keepalive_intvl",
                                                   "net.ipv4.tcp_keepalive_probes",
                                                   "net.ipv4.ip_local_reserved_ports",
                                                   "net.ipv4.tcp_rmem",
                                                   "net.ipv4.tcp_wmem"};
  return std::ranges::find(kSafe, name) != kSafe.end();
}

bool is_root(std::string_view user) {
  const std::string_view name = user.substr(0, user.find(':'));
  return name == "root" || name.find_first_not_of('0') == std::string_view::npos;
}

}  // namespace capmin
