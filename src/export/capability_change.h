#pragma once

#include "core/capability_set.h"

#include <string>
#include <vector>

namespace capmin {

/// How the set is put into words for a target.
enum class ExportStyle {
  kDropAll,       ///< drop everything, add what is needed
  kDropUnneeded,  ///< drop by name what the target grants by default and the image does not need
};

/// What a container's definition drops from the target's default set and adds to it.
struct CapabilityChange {
  bool drops_all = true;  ///< `drop` then does not count
  CapabilitySet drop;
  CapabilitySet add;

  /// The words behind "drop": ALL, or the names, sorted.
  std::vector<std::string> dropped() const;
  /// The names behind "add", sorted.
  std::vector<std::string> added() const;
};

/// The change that leaves a container with `needed`, but for kDropUnneeded also with nothing less
/// where the target grants less than `granted`: `sure` is what it grants under every runtime.
CapabilityChange change_to(CapabilitySet needed, ExportStyle style, CapabilitySet granted,
                           CapabilitySet sure);

}  // namespace capmin
