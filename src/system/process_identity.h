#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace capmin {

/// Which process something belongs to, told so that it holds across reboots and machines.
struct ProcessIdentity {
  int pid = 0;
  std::string start;  ///< in clock ticks since boot: field 22 of /proc/PID/stat, proc(5)
  std::string boot;   ///< /proc/sys/kernel/random/boot_id
  std::string space;  ///< inode of the pid namespace, pid_namespaces(7)
  /// 16 digits that are derived from /etc/machine-id, which must not be shown itself,
  /// machine-id(5); "unknown" where the machine has none.
  std::string machine;
  friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

/// This process's own.
ProcessIdentity own_identity();

/// "PID:START:BOOT:SPACE:MACHINE".
std::string to_string(const ProcessIdentity& identity);

/// Reads what to_string wrote; nothing for anything else.
std::optional<ProcessIdentity> parse_identity(std::string_view text);

/// Names this process for as long as anybody may ask: to_string of its own identity.
std::string process_identity();

/// What is known of a process.
enum class Presence {
  kRuns,
  kEnded,
  kUnknown,  ///< it belongs to another machine or another pid namespace: nobody can tell from here
};

/// Whether the process named by `identity` runs, seen from the process `here`. One of an earlier
/// boot of this machine has ended; machines that share their machine-id count as one.
Presence presence_of(const ProcessIdentity& identity, const ProcessIdentity& here = own_identity());

/// Eight random hexadecimal digits.
std::string random_id();

}  // namespace capmin
