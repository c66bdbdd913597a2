#pragma once

#include "core/capability_set.h"

namespace capmin {

/// What the file of a program gives to whoever executes it.
struct ProgramPrivileges {
  /// Without these in the bounding set the program cannot be executed.
  CapabilitySet needed_to_execute;
  /// The file capabilities that it gives, as far as the bounding set holds them.
  CapabilitySet carried;
  /// It is root's and has the set-user-ID bit.
  bool setuid_root = false;
  friend bool operator==(const ProgramPrivileges&, const ProgramPrivileges&) = default;
};

}  // namespace capmin
