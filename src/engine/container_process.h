#pragma once

#include "core/capability.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// The content of /proc/`pid`/`file`; empty when it is not there or not readable.
std::string proc_text(int pid, const char* file);

/// Whether the process `pid` of this machine belongs to the control group of container `id`. If
/// not, the number means a process of another machine or pid namespace.
bool is_in_container(const std::string& id, int pid);

/// The capability sets of a process as the kernel prints them in /proc/PID/status, proc(5).
struct KernelSets {
  CapabilitySet inheritable;
  CapabilitySet permitted;
  CapabilitySet effective;
  CapabilitySet bounding;
  CapabilitySet ambient;

  /// What a process has or can come to have by executing a program, capabilities(7).
  CapabilitySet held() const { return inheritable | permitted | effective | bounding | ambient; }
};

/// Reads the five words from the text of /proc/PID/status; nothing when one is missing.
std::optional<KernelSets> parse_kernel_sets(std::string_view status);

/// The sets of the container's first process, where this machine shows it: the process `pid` must
/// belong to the control group of container `id`, else the number means a process of another
/// machine or namespace. Nothing when it has ended or is not visible.
std::optional<KernelSets> kernel_sets_of_container(const std::string& id, int pid);

/// Who a process of a container is, from /proc/PID/status, proc(5). Numbers are the host's.
struct ContainerProcess {
  std::string name;  ///< of its program, at most 15 bytes; hostile
  int uid = 0;       ///< effective user
  int gid = 0;       ///< effective group
  CapabilitySet effective = {};
  bool no_new_privs = false;
  friend bool operator==(const ContainerProcess&, const ContainerProcess&) = default;
};

/// Reads the text of /proc/PID/status; nothing when something is missing.
std::optional<ContainerProcess> parse_process(std::string_view status);

/// The first process of the container `id`, which is `pid`; nothing where it has ended or is not
/// visible, as for kernel_sets_of_container().
std::optional<ContainerProcess> first_process_of_container(const std::string& id, int pid);

/// The processes in the pid namespace of the container `id`, whose first process is `pid`; none
/// where this machine does not show them, or shows them to root only.
std::vector<ContainerProcess> processes_of_container(const std::string& id, int pid);

/// The processes of a container, held to be asked after its end how they ended.
class HeldProcesses {
 public:
  /// Holds the processes of now in the pid namespace of the container `id`, whose first process is
  /// `pid`; none where this machine does not show them.
  HeldProcesses(const std::string& id, int pid);
  ~HeldProcesses();
  HeldProcesses(const HeldProcesses&) = delete;
  HeldProcesses& operator=(const HeldProcesses&) = delete;

  /// The names of those that ended by SIGKILL, as the kernel ends what is left in a pid namespace
  /// when its first process ends (pid_namespaces(7)); sorted, without repetition, hostile. Nothing
  /// where the kernel does not tell, which it does from Linux 6.15 on (PIDFD_GET_INFO).
  std::optional<std::vector<std::string>> killed() const;

 private:
  struct Held {
    std::string name;
    int descriptor = -1;
  };
  std::vector<Held> held_;
};

}  // namespace capmin
