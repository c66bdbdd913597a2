#include "export/target.h"
#include "export/writers.h"
#include "profile/platform.h"

#include <algorithm>
#include <array>

namespace capmin {
namespace {

/// The nine that CRI-O grants by default since 1.18; containerd grants Docker's 14. What both grant
/// needs no word in a pod.
constexpr CapabilitySet kCrioDefaultSet{
    Capability::kChown,   Capability::kDacOverride,    Capability::kFsetid,
    Capability::kFowner,  Capability::kSetgid,         Capability::kSetuid,
    Capability::kSetpcap, Capability::kNetBindService, Capability::kKill};

std::array<Target, 12> make_targets() {
  // Podman's program grants Docker's 14, its packages' containers.conf 11 of them (4.3.1, tried):
  // which ones count is unknown here, and dropping what is not granted does no harm.
  const CapabilitySet docker = docker_default_set();
  const CapabilitySet podman = podman_default_set();
  return {{
      {"docker-args", "arguments of docker run", "Docker", true, false, true, docker, docker,
       write_engine_args, add_docker_remarks},
      {"podman-args", "arguments of podman run", "podman", false, false, false, docker, podman,
       write_engine_args, nullptr},
      {"compose", "a Compose file with one service", "Docker", true, true, true, docker, docker,
       write_compose, add_docker_remarks},
      {"kubernetes", "a Pod with one container", "Kubernetes", false, true, true, docker,
       kCrioDefaultSet, write_kubernetes, add_kubernetes_remarks},
      {"quadlet", "a .container file for podman 4.4", "podman", false, true, false, docker, podman,
       write_quadlet, add_quadlet_remarks},
      {"systemd",
       "a drop-in for a service",
       "systemd",
       false,
       true,
       false,
       {},
       {},
       write_systemd,
       add_systemd_remarks},
      {"oci",
       "the process of a runtime's config.json",
       "an OCI runtime",
       false,
       false,
       false,
       {},
       {},
       write_oci,
       add_oci_remarks},
      {"label",
       "the image label that podman reads",
       "podman",
       false,
       false,
       false,
       {},
       {},
       write_label,
       add_label_remarks},
      {"ecs", "part of an Amazon ECS container definition", "Amazon ECS", false, false, true,
       docker, docker, write_ecs, add_ecs_remarks},
      {"nomad", "the config block of a Nomad task", "Nomad", false, true, true, docker, docker,
       write_nomad, add_nomad_remarks},
      {"json", "the profile as JSON", "", false, false, false, {}, {}, write_json, nullptr},
      {"intoto",
       "an unsigned in-toto statement",
       "",
       false,
       false,
       false,
       {},
       {},
       write_intoto,
       nullptr},
  }};
}

}  // namespace

std::span<const Target> targets() {
  static const std::array<Target, 12> table = make_targets();
  return table;
}

const Target* target_named(std::string_view format) {
  const auto found = std::ranges::find(targets(), format, &Target::format);
  return found == targets().end() ? nullptr : &*found;
}

}  // namespace capmin
