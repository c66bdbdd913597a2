#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace capmin {

/// A Linux capability. The value is the kernel's bit number
/// (include/uapi/linux/capability.h, Linux 6.x).
enum class Capability : std::uint8_t {
  kChown = 0,
  kDacOverride,
  kDacReadSearch,
  kFowner,
  kFsetid,
  kKill,
  kSetgid,
  kSetuid,
  kSetpcap,
  kLinuxImmutable,
  kNetBindService,
  kNetBroadcast,
  kNetAdmin,
  kNetRaw,
  kIpcLock,
  kIpcOwner,
  kSysModule,
  kSysRawio,
  kSysChroot,
  kSysPtrace,
  kSysPacct,
  kSysAdmin,
  kSysBoot,
  kSysNice,
  kSysResource,
  kSysTime,
  kSysTtyConfig,
  kMknod,
  kLease,
  kAuditWrite,
  kAuditControl,
  kSetfcap,
  kMacOverride,
  kMacAdmin,
  kSyslog,
  kWakeAlarm,
  kBlockSuspend,
  kAuditRead,
  kPerfmon,
  kBpf,
  kCheckpointRestore,
};

/// How many capabilities capmin knows; bit numbers run from 0 to one less.
inline constexpr std::size_t kCapabilityCount = 41;

/// What a capability in the wrong hands reaches. Ordered: a later tier is worse.
enum class Risk : std::uint8_t {
  kLow,     ///< ordinary: stays within the container's own processes and files
  kMedium,  ///< escapes isolation in part, or makes an attacker root inside the container
  kHigh,    ///< equivalent to root on the host
};

/// What capmin knows of a capability, the kernel's manual page capabilities(7) in short.
struct CapabilityInfo {
  Capability capability;
  std::string_view name;  ///< upper case, without CAP_
  Risk risk;
  double need_rate;          ///< share of 47 measured real services that needed it, 0 to 1
  bool by_name_only;         ///< may reach the host's own state: --allow must name it
  std::string_view permits;  ///< what a process that holds it may do
};

/// The row of `capability` in the table of all capabilities.
const CapabilityInfo& info(Capability capability);

/// All capabilities in the order of their bit numbers.
const std::array<CapabilityInfo, kCapabilityCount>& all_capabilities();

/// The name of `capability`, upper case and without CAP_.
std::string_view name_of(Capability capability);

/// The capability called `name`, in any case, with or without CAP_; nothing when there is none.
std::optional<Capability> capability_named(std::string_view name);

/// The word for a risk tier: low, medium or high.
std::string_view name_of(Risk risk);

/// What a risk tier means, as half a sentence.
std::string_view meaning_of(Risk risk);

}  // namespace capmin
