#include "core/capability.h"

#include <algorithm>
#include <string>

namespace capmin {
namespace {

// Risk: HIGH where capabilities(7) lets the holder act on the host itself; MEDIUM where it makes
// the holder root within the container or reaches beyond the container's own files and network.
// Rates: measured by brute force on 47 services and jobs with privileged low ports.
constexpr std::array<CapabilityInfo, kCapabilityCount> kTable{{
    {Capability::kChown, "CHOWN", Risk::kMedium, 0.26, false, "change the owner of any file"},
    {Capability::kDacOverride, "DAC_OVERRIDE", Risk::kMedium, 0.13, false,
     "read, write and execute any file, whatever its permissions"},
    {Capability::kDacReadSearch, "DAC_READ_SEARCH", Risk::kMedium, 0.0, false,
     "read any file and enter any directory; open files of the host by their handle"},
    {Capability::kFowner, "FOWNER", Risk::kMedium, 0.04, false,
     "act as the owner of any file: change its mode, times and attributes"},
    {Capability::kFsetid, "FSETID", Risk::kLow, 0.04, false,
     "keep set-user-ID and set-group-ID bits on files it changes"},
    {Capability::kKill, "KILL", Risk::kLow, 0.02, false,
     "send signals to processes of other users"},
    {Capability::kSetgid, "SETGID", Risk::kMedium, 0.51, false, "become any group"},
    {Capability::kSetuid, "SETUID", Risk::kMedium, 0.53, false, "become any user"},
    {Capability::kSetpcap, "SETPCAP", Risk::kLow, 0.0, false,
     "remove capabilities from its bounding set and change securebits"},
    {Capability::kLinuxImmutable, "LINUX_IMMUTABLE", Risk::kMedium, 0.0, false,
     "set and clear the immutable and append-only attributes of files"},
    {Capability::kNetBindService, "NET_BIND_SERVICE", Risk::kLow, 0.36, false,
     "listen on privileged ports, below 1024 by default"},
    {Capability::kNetBroadcast, "NET_BROADCAST", Risk::kLow, 0.0, false,
     "nothing today: the kernel does not check it"},
    {Capability::kNetAdmin, "NET_ADMIN", Risk::kMedium, 0.04, false,
     "configure interfaces, routes and packet filters of its network namespace"},
    {Capability::kNetRaw, "NET_RAW", Risk::kMedium, 0.13, false,
     "open raw and packet sockets: forge and capture packets"},
    {Capability::kIpcLock, "IPC_LOCK", Risk::kLow, 0.02, false, "lock memory without limit"},
    {Capability::kIpcOwner, "IPC_OWNER", Risk::kMedium, 0.0, false,
     "use System V IPC objects of other users"},
    {Capability::kSysModule, "SYS_MODULE", Risk::kHigh, 0.0, true, "load kernel modules"},
    {Capability::kSysRawio, "SYS_RAWIO", Risk::kHigh, 0.0, true,
     "reach I/O ports and physical memory"},
    {Capability::kSysChroot, "SYS_CHROOT", Risk::kLow, 0.15, false,
     "change its root directory and enter mount namespaces"},
    {Capability::kSysPtrace, "SYS_PTRACE", Risk::kHigh, 0.02, false,
     "trace processes of other users and read their memory"},
    {Capability::kSysPacct, "SYS_PACCT", Risk::kMedium, 0.0, false,
     "switch process accounting on and off"},
    {Capability::kSysAdmin, "SYS_ADMIN", Risk::kHigh, 0.0, false,
     "mount, set up namespaces and much more: the new root"},
    {Capability::kSysBoot, "SYS_BOOT", Risk::kHigh, 0.0, true,
     "restart the machine, load a kernel"},
    {Capability::kSysNice, "SYS_NICE", Risk::kMedium, 0.02, false,
     "raise priorities and choose real-time scheduling for any process"},
    {Capability::kSysResource, "SYS_RESOURCE", Risk::kMedium, 0.0, false,
     "exceed resource limits and disk quotas"},
    {Capability::kSysTime, "SYS_TIME", Risk::kHigh, 0.0, false, "set the clock of the host"},
    {Capability::kSysTtyConfig, "SYS_TTY_CONFIG", Risk::kMedium, 0.0, false,
     "configure and hang up virtual terminals"},
    {Capability::kMknod, "MKNOD", Risk::kMedium, 0.02, false, "create device files"},
    {Capability::kLease, "LEASE", Risk::kLow, 0.0, false, "hold leases on any file"},
    {Capability::kAuditWrite, "AUDIT_WRITE", Risk::kLow, 0.04, false,
     "write records to the kernel's audit log"},
    {Capability::kAuditControl, "AUDIT_CONTROL", Risk::kHigh, 0.0, false,
     "change the rules of the kernel's audit log"},
    {Capability::kSetfcap, "SETFCAP", Risk::kMedium, 0.02, false, "give files capabilities"},
    {Capability::kMacOverride, "MAC_OVERRIDE", Risk::kHigh, 0.0, true,
     "override mandatory access control"},
    {Capability::kMacAdmin, "MAC_ADMIN", Risk::kHigh, 0.0, true,
     "configure mandatory access control"},
    {Capability::kSyslog, "SYSLOG", Risk::kMedium, 0.0, false,
     "read the kernel's log and its addresses"},
    {Capability::kWakeAlarm, "WAKE_ALARM", Risk::kMedium, 0.0, false,
     "set timers that wake the machine"},
    {Capability::kBlockSuspend, "BLOCK_SUSPEND", Risk::kMedium, 0.0, false,
     "keep the machine from suspending"},
    {Capability::kAuditRead, "AUDIT_READ", Risk::kMedium, 0.0, false,
     "read the kernel's audit log"},
    {Capability::kPerfmon, "PERFMON", Risk::kHigh, 0.0, false,
     "monitor the whole machine's performance events"},
    {Capability::kBpf, "BPF", Risk::kHigh, 0.0, false, "load BPF programs into the kernel"},
    {Capability::kCheckpointRestore, "CHECKPOINT_RESTORE", Risk::kHigh, 0.0, false,
     "checkpoint and restore processes, choose process IDs"},
}};

char upper(char letter) {
  return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

}  // namespace

const CapabilityInfo& info(Capability capability) {
  return kTable.at(static_cast<std::size_t>(capability));
}

const std::array<CapabilityInfo, kCapabilityCount>& all_capabilities() {
  return kTable;
}

std::string_view name_of(Capability capability) {
  return info(capability).name;
}

std::optional<Capability> capability_named(std::string_view name) {
  std::string wanted(name);
  std::ranges::transform(wanted, wanted.begin(), upper);
  if (wanted.starts_with("CAP_")) wanted.erase(0, 4);
  const auto* const row = std::ranges::find(kTable, wanted, &CapabilityInfo::name);
  if (row == kTable.end()) return std::nullopt;
  return row->capability;
}

std::string_view meaning_of(Risk risk) {
  switch (risk) {
    case Risk::kLow:
      return "ordinary: stays within the container's own processes and files";
    case Risk::kMedium:
      return "escapes isolation in part, or makes an attacker root inside the container";
    case Risk::kHigh:
      return "equivalent to root on the host";
  }
  return {};
}

namespace {

int size_in_tier(CapabilitySet set, Risk risk) {
  const std::vector<Capability> members = set.members();
  return static_cast<int>(std::ranges::count_if(
      members, [risk](Capability member) { return info(member).risk == risk; }));
}

}  // namespace

std::vector<Capability> CapabilitySet::members() const {
  std::vector<Capability> result;
  for (const CapabilityInfo& row : all_capabilities()) {
    if (contains(row.capability)) result.push_back(row.capability);
  }
  return result;
}

std::vector<std::string_view> CapabilitySet::names() const {
  std::vector<std::string_view> result;
  for (const Capability member : members()) {
    result.push_back(name_of(member));
  }
  std::ranges::sort(result);
  return result;
}

std::string to_string(CapabilitySet set) {
  std::string text;
  for (const std::string_view name : set.names()) {
    if (!text.empty()) text += ' ';
    text += name;
  }
  return text.empty() ? "(none)" : text;
}

CapabilitySet docker_default_set() {
  return CapabilitySet::from_bits(0xa80425fb);
}

std::strong_ordering compare_risk(CapabilitySet a, CapabilitySet b) {
  for (const Risk risk : {Risk::kHigh, Risk::kMedium, Risk::kLow}) {
    const auto order = size_in_tier(a, risk) <=> size_in_tier(b, risk);
    if (order != std::strong_ordering::equal) return order;
  }
  return a <=> b;
}

}  // namespace capmin
