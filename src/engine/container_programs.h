#pragma once

#include "core/capability_set.h"

#include <optional>
#include <string>
#include <vector>

namespace capmin {

/// What must be in the bounding set to execute `programs`, absolute paths in the running container
/// `id`, whose first process is `pid`: read from their files through /proc/PID/root, proc(5). No
/// link leads out of the container. A file that is not there needs nothing. Nothing where this
/// machine does not show the container's files, or where a path is not absolute.
std::optional<CapabilitySet> needed_to_execute(const std::string& id, int pid,
                                               const std::vector<std::string>& programs);

}  // namespace capmin
