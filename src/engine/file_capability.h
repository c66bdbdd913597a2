#pragma once

#include "core/capability_set.h"

#include <optional>
#include <string_view>

namespace capmin {

/// The capabilities that a program's file carries: its extended attribute security.capability.
struct FileCapability {
  CapabilitySet permitted;
  CapabilitySet inheritable;
  bool effective = false;  ///< the program gets all it carries at once, or is not executed at all

  /// What must be in the bounding set for the program to be executed: execve(2) refuses a program
  /// with the effective bit that could not get all of its permitted set, capabilities(7) "Safety
  /// checking for capability-dumb binaries".
  CapabilitySet needed_to_execute() const { return effective ? permitted : CapabilitySet{}; }
  friend bool operator==(const FileCapability&, const FileCapability&) = default;
};

/// Reads the bytes of the attribute: struct vfs_cap_data of linux/capability.h, revisions 1 to 3.
/// Nothing where they are not of that form.
std::optional<FileCapability> parse_file_capability(std::string_view bytes);

}  // namespace capmin
