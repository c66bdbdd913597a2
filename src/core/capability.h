#pragma once

#include "core/enum_words.h"

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// The words for risk tiers.
inline constexpr auto kRisks = std::to_array<EnumWord<Risk>>({
    {Risk::kLow, "low"},
    {Risk::kMedium, "medium"},
    {Risk::kHigh, "high"},
});

/// The word for a risk tier.
constexpr std::string_view name_of(Risk risk) {
  return word_of(kRisks, risk);
}

/// What a risk tier means, as half a sentence.
std::string_view meaning_of(Risk risk);

/// A set of capabilities: one 64-bit word, laid out as the kernel prints it in /proc/PID/status.
class CapabilitySet {
 public:
  constexpr CapabilitySet() = default;
  constexpr CapabilitySet(std::initializer_list<Capability> members) {
    for (const Capability member : members) {
      bits_ |= bit(member);
    }
  }
  /// The set whose word is `bits`; bits that no capability has are kept.
  static constexpr CapabilitySet from_bits(std::uint64_t bits) {
    CapabilitySet set;
    set.bits_ = bits;
    return set;
  }

  constexpr std::uint64_t bits() const { return bits_; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr int size() const { return std::popcount(bits_); }
  constexpr bool contains(Capability capability) const { return (bits_ & bit(capability)) != 0; }
  /// True when every member of `other` is a member of this set.
  constexpr bool contains(CapabilitySet other) const { return (other.bits_ & ~bits_) == 0; }

  constexpr CapabilitySet with(Capability capability) const {
    return from_bits(bits_ | bit(capability));
  }
  constexpr CapabilitySet without(Capability capability) const {
    return from_bits(bits_ & ~bit(capability));
  }
  friend constexpr CapabilitySet operator|(CapabilitySet a, CapabilitySet b) {
    return from_bits(a.bits_ | b.bits_);
  }
  friend constexpr CapabilitySet operator&(CapabilitySet a, CapabilitySet b) {
    return from_bits(a.bits_ & b.bits_);
  }
  /// The members of `a` that are not in `b`.
  friend constexpr CapabilitySet operator-(CapabilitySet a, CapabilitySet b) {
    return from_bits(a.bits_ & ~b.bits_);
  }
  constexpr CapabilitySet& operator|=(CapabilitySet other) { return *this = *this | other; }
  friend constexpr auto operator<=>(CapabilitySet, CapabilitySet) = default;

  /// The members that capmin knows by name, in the order of their bit numbers.
  std::vector<Capability> members() const;
  /// The names of the members, sorted by the alphabet.
  std::vector<std::string_view> names() const;

 private:
  static constexpr std::uint64_t bit(Capability capability) {
    return std::uint64_t{1} << static_cast<unsigned>(capability);
  }
  std::uint64_t bits_ = 0;
};

/// The names of the members, sorted by the alphabet and separated by blanks; "(none)" when empty.
std::string to_string(CapabilitySet set);

/// The 14 capabilities that Docker grants by default (0xa80425fb), and capmin's ceiling.
CapabilitySet docker_default_set();

/// Orders sets by what they let an attacker reach: first the number of members in the worst tier,
/// then in the next; then size; then the word, so that the order is total.
std::strong_ordering compare_risk(CapabilitySet a, CapabilitySet b);

/// How strongly each capability is believed to be needed, from 0 to 1; not at all to begin with.
class Belief {
 public:
  Belief() = default;
  /// The same of each.
  explicit Belief(double all) { values_.fill(all); }

  double& operator[](Capability capability) {
    return values_.at(static_cast<std::size_t>(capability));
  }
  double operator[](Capability capability) const {
    return values_.at(static_cast<std::size_t>(capability));
  }
  friend bool operator==(const Belief&, const Belief&) = default;

 private:
  std::array<double, kCapabilityCount> values_{};
};

}  // namespace capmin
