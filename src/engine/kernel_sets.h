#pragma once

#include "core/capability_set.h"

#include <optional>
#include <string>
#include <string_view>

namespace capmin {

/// The capability sets of a process as the kernel prints them in /proc/PID/status, proc(5).
struct KernelSets {
  CapabilitySet inheritable;
  CapabilitySet permitted;
  CapabilitySet effective;
  CapabilitySet bounding;
  CapabilitySet ambient;
};

/// Reads the five words from the text of /proc/PID/status; nothing when one is missing.
std::optional<KernelSets> parse_kernel_sets(std::string_view status);

/// The sets of the container's first process, where this machine shows it: the process `pid` must
/// belong to the control group of container `id`, else the number means a process of another
/// machine or namespace. Nothing when it has ended or is not visible.
std::optional<KernelSets> kernel_sets_of_container(const std::string& id, int pid);

}  // namespace capmin
