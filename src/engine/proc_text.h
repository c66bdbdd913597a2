#pragma once

#include <string>

namespace capmin {

/// The content of /proc/`pid`/`file`; empty when it is not there or not readable.
std::string proc_text(int pid, const char* file);

/// Whether the process `pid` of this machine belongs to the control group of container `id`. If
/// not, the number means a process of another machine or pid namespace.
bool is_in_container(const std::string& id, int pid);

}  // namespace capmin
