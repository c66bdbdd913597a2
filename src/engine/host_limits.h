#pragma once

#include "core/capability_set.h"

#include <string>

namespace capmin {

/// The capabilities that this machine's kernel knows (/proc/sys/kernel/cap_last_cap).
CapabilitySet kernel_capabilities();

/// The capabilities that a container of an engine on this machine can be given at most: what the
/// kernel knows (/proc/sys/kernel/cap_last_cap) and the bounding set of the machine's first process
/// holds (/proc/1/status). All, where neither can be read.
CapabilitySet host_bounding_set();

/// Whether the engine that `host` (as --host and DOCKER_HOST have it, or empty) names runs on this
/// machine.
bool is_local_host(const std::string& host);

}  // namespace capmin
