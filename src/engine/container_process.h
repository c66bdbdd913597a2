#pragma once

#include "core/capability_set.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

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

/// The processes in the pid namespace of the container `id`, whose first process is `pid`; none
/// where this machine does not show them, or shows them to root only.
std::vector<ContainerProcess> processes_of_container(const std::string& id, int pid);

}  // namespace capmin
