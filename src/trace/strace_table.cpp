#include "trace/strace_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

namespace capmin {
namespace {

using enum Capability;
using Text = std::string_view;

bool has(Text text, Text word) {
  return text.find(word) != Text::npos;
}

template <std::size_t N>
bool has_any(Text text, const std::array<Text, N>& words) {
  return std::ranges::any_of(words, [text](Text word) { return has(text, word); });
}

/// The text outside the quotes: what strace says, and no program chose.
std::string unquoted(Text arguments) {
  std::string result;
  bool quoted = false;
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    if (quoted && arguments[at] == '\\') {
      ++at;
    } else if (arguments[at] == '"') {
      quoted = !quoted;
    } else if (!quoted) {
      result += arguments[at];
    }
  }
  return result;
}

bool always(Text /*arguments*/) {
  return true;
}

/// Nothing but reading: no flag that writes, creates or empties.
bool only_reads(Text arguments) {
  constexpr std::array<Text, 5> kWriting{"O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "W_OK"};
  return !has_any(arguments, kWriting);
}

bool keeps_time(Text arguments) {
  return has(arguments, "O_NOATIME");
}

/// ip(7): ports below 1024; of a trial that has the kernel's own limit.
bool is_low_port(Text arguments) {
  constexpr Text kPort = "htons(";
  const std::size_t place = arguments.find(kPort);
  if (place == Text::npos) return false;
  const Text digits = arguments.substr(place + kPort.size());
  int port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  constexpr int kFirstUnprivileged = 1024;
  return error == std::errc() && port > 0 && port < kFirstUnprivileged;
}

bool is_unix(Text arguments) {
  return has(arguments, "AF_UNIX");
}

bool is_raw(Text arguments) {
  constexpr std::array<Text, 4> kRaw{"SOCK_RAW", "AF_PACKET", "SOCK_PACKET", "IPPROTO_ICMP"};
  return has_any(arguments, kRaw);
}

bool forces_socket(Text arguments) {
  constexpr std::array<Text, 14> kForced{"SO_MARK",          "SO_PRIORITY",    "SO_DEBUG",
                                         "SO_RCVBUFFORCE",   "SO_SNDBUFFORCE", "IP_TRANSPARENT",
                                         "IPV6_TRANSPARENT", "SO_BUSY_POLL",   "SO_TXTIME",
                                         "TCP_REPAIR",       "IPT_",           "IP6T_",
                                         "PACKET_",          "TCP_ULP"};
  return has_any(arguments, kForced);
}

bool binds_device(Text arguments) {
  return has(arguments, "SO_BINDTODEVICE");
}

bool is_network_ioctl(Text arguments) {
  constexpr std::array<Text, 4> kNetwork{"SIOC", "TUN", "SIOETHTOOL", "PPPIO"};
  return has_any(arguments, kNetwork);
}

bool is_flags_ioctl(Text arguments) {
  return has(arguments, "FS_IOC_SETFLAGS") || has(arguments, "FS_IOC_FSSETXATTR");
}

bool is_terminal_ioctl(Text arguments) {
  constexpr std::array<Text, 4> kTerminal{"TIOCSTI", "TIOCCONS", "TIOCSCTTY", "TIOCSLCKTRMIOS"};
  return has_any(arguments, kTerminal);
}

bool is_console_ioctl(Text arguments) {
  constexpr std::array<Text, 5> kConsole{"VT_", "KD", "TIOCVHANGUP", "PIO_", "GIO_"};
  return has_any(arguments, kConsole);
}

bool is_clock_ioctl(Text arguments) {
  return has(arguments, "RTC_SET_TIME") || has(arguments, "RTC_EPOCH_SET");
}

bool makes_namespace(Text arguments) {
  return has(arguments, "CLONE_NEW");
}

bool drops_bound(Text arguments) {
  constexpr std::array<Text, 2> kPrivileges{"PR_CAPBSET_DROP", "PR_SET_SECUREBITS"};
  return has_any(arguments, kPrivileges);
}

/// What a process asks for by name, to hold it or to hand it on: all of it at once, and it must
/// hold it already (capset(2), prctl(2)).
CapabilitySet asked_for(const FailedCall& call) {
  const bool raises = call.call == "prctl" && has(call.arguments, "PR_CAP_AMBIENT_RAISE");
  return raises || call.call == "capset" ? named_in(call.arguments) : CapabilitySet{};
}

bool changes_memory_map(Text arguments) {
  return has(arguments, "PR_SET_MM");
}

bool filters_calls(Text arguments) {
  constexpr std::array<Text, 3> kFilter{"PR_SET_SECCOMP", "SECCOMP_SET_MODE", "PR_SET_NO_NEW"};
  return has_any(arguments, kFilter);
}

bool leases(Text arguments) {
  return has(arguments, "F_SETLEASE");
}

bool grows_pipe(Text arguments) {
  return has(arguments, "F_SETPIPE_SZ");
}

bool wakes_machine(Text arguments) {
  return has(arguments, "_ALARM");
}

/// The name of an attribute is the program's own word: it stands in quotes.
bool sets_file_capability(Text quoted) {
  return has(quoted, "\"security.capability\"");
}

bool sets_trusted(Text quoted) {
  return has(quoted, "\"trusted.") || has(quoted, "\"security.");
}

struct Row {
  Text calls;  ///< separated by blanks
  Text error;  ///< empty: any denial
  bool (*fits)(Text arguments);
  std::array<CapabilitySet, 3> suspects;  ///< an empty set ends them
};

/// The first row that fits counts. Row by row from capabilities(7), which names the calls of each
/// capability, and from the ERRORS of the calls' own pages.
constexpr std::array kRows = std::to_array<Row>({
    {"bind", "", is_low_port, {{CapabilitySet{kNetBindService}}}},
    {"bind connect", "EACCES", is_unix, {{CapabilitySet{kDacOverride}}}},
    {"chown fchown lchown fchownat chown32 fchown32 lchown32",
     "EPERM",
     always,
     {{CapabilitySet{kChown}, CapabilitySet{kFowner}}}},
    {"chown fchown lchown fchownat",
     "EACCES",
     always,
     {{CapabilitySet{kDacOverride}, CapabilitySet{kDacReadSearch}}}},
    {"setuid setreuid setresuid setuid32 setreuid32 setresuid32",
     "",
     always,
     {{CapabilitySet{kSetuid}}}},
    {"setgid setregid setresgid setgroups setgid32 setregid32 setresgid32 setgroups32",
     "",
     always,
     {{CapabilitySet{kSetgid}}}},
    {"mount umount umount2 pivot_root setns sethostname setdomainname swapon swapoff quotactl "
     "fsopen fsmount fspick fsconfig move_mount open_tree mount_setattr fanotify_init "
     "lookup_dcookie nfsservctl bdflush vm86 userfaultfd",
     "",
     always,
     {{CapabilitySet{kSysAdmin}}}},
    {"clone clone3", "EPERM", makes_namespace, {{CapabilitySet{kSysAdmin}}}},
    {"unshare", "EPERM", always, {{CapabilitySet{kSysAdmin}}}},
    {"chroot", "EPERM", always, {{CapabilitySet{kSysChroot}}}},
    {"mknod mknodat", "EPERM", always, {{CapabilitySet{kMknod}}}},
    {"open openat openat2", "EPERM", keeps_time, {{CapabilitySet{kFowner}}}},
    {"open openat openat2 access faccessat faccessat2",
     "EACCES",
     only_reads,
     {{CapabilitySet{kDacOverride}, CapabilitySet{kDacReadSearch}}}},
    {"open openat openat2 creat access faccessat faccessat2 mkdir mkdirat rmdir unlink unlinkat "
     "rename renameat renameat2 link linkat symlink symlinkat truncate mknod mknodat chroot "
     "inotify_add_watch",
     "EACCES",
     always,
     {{CapabilitySet{kDacOverride}, CapabilitySet{kFowner}}}},
    {"stat stat64 lstat lstat64 newfstatat fstatat64 statx readlink readlinkat chdir fchdir "
     "getxattr lgetxattr listxattr llistxattr execve execveat",
     "EACCES",
     always,
     {{CapabilitySet{kDacReadSearch}, CapabilitySet{kDacOverride}}}},
    {"unlink unlinkat rmdir rename renameat renameat2 link linkat chmod fchmod fchmodat fchmodat2 "
     "utime utimes futimesat utimensat",
     "EPERM",
     always,
     {{CapabilitySet{kFowner}}}},
    {"chmod fchmod fchmodat fchmodat2 utime utimes futimesat utimensat",
     "EACCES",
     always,
     {{CapabilitySet{kDacOverride}, CapabilitySet{kFowner}}}},
    {"open openat openat2", "EPERM", always, {{CapabilitySet{kSyslog}, CapabilitySet{kSysAdmin}}}},
    {"kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal",
     "EPERM",
     always,
     {{CapabilitySet{kKill}}}},
    {"socket", "", is_raw, {{CapabilitySet{kNetRaw}}}},
    {"setsockopt", "", binds_device, {{CapabilitySet{kNetRaw}, CapabilitySet{kNetAdmin}}}},
    {"setsockopt getsockopt",
     "",
     forces_socket,
     {{CapabilitySet{kNetAdmin}, CapabilitySet{kNetRaw}}}},
    {"sendto sendmsg", "EPERM", always, {{CapabilitySet{kNetAdmin}, CapabilitySet{kAuditWrite}}}},
    {"ioctl", "EPERM", is_network_ioctl, {{CapabilitySet{kNetAdmin}}}},
    {"ioctl", "EPERM", is_flags_ioctl, {{CapabilitySet{kLinuxImmutable}, CapabilitySet{kFowner}}}},
    {"ioctl", "", is_clock_ioctl, {{CapabilitySet{kSysTime}}}},
    {"ioctl",
     "EPERM",
     is_console_ioctl,
     {{CapabilitySet{kSysTtyConfig}, CapabilitySet{kSysAdmin}}}},
    {"ioctl", "EPERM", is_terminal_ioctl, {{CapabilitySet{kSysAdmin}}}},
    {"ioctl", "EPERM", always, {{CapabilitySet{kSysAdmin}, CapabilitySet{kNetAdmin}}}},
    {"setpriority ioprio_set nice sched_setscheduler sched_setparam sched_setattr "
     "sched_setaffinity mbind migrate_pages move_pages set_mempolicy",
     "",
     always,
     {{CapabilitySet{kSysNice}}}},
    // It names what it asks for, see asked_for().
    {"capset", "EPERM", always, {}},
    {"prctl", "EPERM", drops_bound, {{CapabilitySet{kSetpcap}}}},
    {"prctl", "EPERM", changes_memory_map, {{CapabilitySet{kSysResource}}}},
    {"prctl seccomp", "", filters_calls, {{CapabilitySet{kSysAdmin}}}},
    {"settimeofday clock_settime clock_settime64 adjtimex clock_adjtime clock_adjtime64 stime",
     "EPERM",
     always,
     {{CapabilitySet{kSysTime}}}},
    {"ptrace process_vm_readv process_vm_writev kcmp process_madvise pidfd_getfd",
     "",
     always,
     {{CapabilitySet{kSysPtrace}}}},
    {"syslog", "EPERM", always, {{CapabilitySet{kSyslog}}}},
    {"setrlimit prlimit64 mq_open", "EPERM", always, {{CapabilitySet{kSysResource}}}},
    {"fcntl fcntl64", "", leases, {{CapabilitySet{kLease}}}},
    {"fcntl fcntl64", "EPERM", grows_pipe, {{CapabilitySet{kSysResource}}}},
    {"mlock mlock2 mlockall munlockall", "", always, {{CapabilitySet{kIpcLock}}}},
    {"shmctl msgctl semctl shmget msgget semget shmat msgrcv msgsnd semop semtimedop",
     "",
     always,
     {{CapabilitySet{kIpcOwner}, CapabilitySet{kSysAdmin}}}},
    {"setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr",
     "EPERM",
     sets_file_capability,
     {{CapabilitySet{kSetfcap}}}},
    {"setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr",
     "EPERM",
     sets_trusted,
     {{CapabilitySet{kSysAdmin}}}},
    {"setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr",
     "",
     always,
     {{CapabilitySet{kFowner}, CapabilitySet{kDacOverride}}}},
    {"open_by_handle_at", "EPERM", always, {{CapabilitySet{kDacReadSearch}}}},
    {"init_module finit_module delete_module create_module",
     "EPERM",
     always,
     {{CapabilitySet{kSysModule}}}},
    {"iopl ioperm", "EPERM", always, {{CapabilitySet{kSysRawio}}}},
    {"acct", "EPERM", always, {{CapabilitySet{kSysPacct}}}},
    {"reboot kexec_load kexec_file_load", "EPERM", always, {{CapabilitySet{kSysBoot}}}},
    {"vhangup", "EPERM", always, {{CapabilitySet{kSysTtyConfig}}}},
    {"timer_create timerfd_create clock_nanosleep",
     "EPERM",
     wakes_machine,
     {{CapabilitySet{kWakeAlarm}}}},
    {"bpf", "", always, {{CapabilitySet{kBpf}, CapabilitySet{kSysAdmin}}}},
    {"perf_event_open", "", always, {{CapabilitySet{kPerfmon}, CapabilitySet{kSysAdmin}}}},
    // What an execution needs is in the program's own file capabilities, which strace cannot see.
    {"execve execveat", "EPERM", always, {}},
});

/// Whether `list`, separated by blanks, holds `word`.
bool lists(Text list, Text word) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(' '), list.size());
    if (list.substr(0, end) == word) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

bool reads_quotes(const Row& row) {
  return row.fits == sets_file_capability || row.fits == sets_trusted;
}

bool fits(const Row& row, const FailedCall& call) {
  if (!lists(row.calls, call.call)) return false;
  if (!row.error.empty() && row.error != call.error) return false;
  return row.fits(reads_quotes(row) ? Text(call.arguments) : Text(unquoted(call.arguments)));
}

}  // namespace

bool is_denial(Text call, Text error) {
  if (error == "EPERM" || error == "EACCES") return true;
  return (error == "ENOMEM" || error == "EAGAIN") && call.starts_with("mlock");
}

CapabilitySet named_in(Text text) {
  CapabilitySet named;
  while (!text.empty()) {
    const auto* const end = std::ranges::find_if_not(
        text, [](char letter) { return (letter >= 'A' && letter <= 'Z') || letter == '_'; });
    const auto length = static_cast<std::size_t>(end - text.begin());
    if (const auto capability = capability_named(text.substr(0, length))) {
      named = named.with(*capability);
    }
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return named;
}

std::vector<CapabilitySet> suspects_of(const FailedCall& call) {
  if (const CapabilitySet asked = asked_for(call); !asked.empty()) return {asked};
  const auto* const row =
      std::ranges::find_if(kRows, [&call](const Row& one) { return fits(one, call); });
  std::vector<CapabilitySet> suspects;
  if (row == kRows.end()) return suspects;
  std::ranges::copy_if(row->suspects, std::back_inserter(suspects),
                       [](CapabilitySet set) { return !set.empty(); });
  return suspects;
}

std::string traced_calls() {
  std::string names;
  std::vector<Text> seen;
  for (const Row& row : kRows) {
    for (Text list = row.calls; !list.empty();) {
      const std::size_t end = std::min(list.find(' '), list.size());
      const Text name = list.substr(0, end);
      list.remove_prefix(std::min(end + 1, list.size()));
      if (std::ranges::find(seen, name) != seen.end()) continue;
      seen.push_back(name);
      if (!names.empty()) names += ',';
      names += '?';
      names += name;
    }
  }
  return names;
}

}  // namespace capmin
