#pragma once

#include "core/capability.h"
#include "engine/container_spec.h"
#include "engine/engine.h"

#include <optional>
#include <string>
#include <string_view>

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

/// What a process inside a container finds, from /proc there.
struct InsideView {
  int unprivileged_port_start = 0;  ///< net.ipv4.ip_unprivileged_port_start
  long ping_first = 0;              ///< net.ipv4.ping_group_range, both ends; "1 0" is nobody
  long ping_last = 0;
  bool own_user_namespace = false;   ///< /proc/self/uid_map is not the host's
  bool filtered = false;             ///< Seccomp of /proc/self/status: a filter is at work
  bool first_process_shown = false;  ///< this machine's /proc shows the container's first process
};

/// The outcome of looking into a container: a view, or why there is none.
struct Look {
  std::optional<InsideView> view;
  std::string reason;
  bool engine_failed = false;  ///< the engine could not make or start it, whatever the image
};

/// The files that parse_inside reads, one after the other.
const std::vector<std::string>& inside_files();

/// Reads what `cat` printed of inside_files(); nothing where it is not of that form.
std::optional<InsideView> parse_inside(std::string_view text);

/// Starts a container of `image` without capabilities, under the settings for ports and ping of
/// `ports`, with the image's own sleep and cat; looks into it and removes it. An image without
/// these programs is a reason, as is an engine that fails. Throws Error kImageMissing.
Look look_inside(Engine& engine, ProcessRunner& runner, const std::string& image, Ports ports);

}  // namespace capmin
