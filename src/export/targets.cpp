#include "export/export.h"
#include "export/writers.h"
#include "profile/platform.h"
#include "profile/profile_yaml.h"

#include <algorithm>
#include <array>

namespace capmin {
namespace {

std::array<Target, 12> make_targets() {
  // Podman's program grants Docker's 14, its packages' containers.conf 11 of them (4.3.1, tried):
  // which ones count is unknown here, and dropping what is not granted does no harm.
  const CapabilitySet docker = docker_default_set();
  const CapabilitySet podman = podman_default_set();
  return {{
      {.format = "docker-args",
       .what = "arguments of docker run",
       .platform = "Docker",
       .opens_ports = true,
       .root_only = true,
       .granted = docker,
       .sure = docker,
       .write = write_docker_args,
       .remark = add_docker_remarks},
      {.format = "podman-args",
       .what = "arguments of podman run",
       .platform = "podman",
       .granted = docker,
       .sure = podman,
       .write = write_podman_args},
      {.format = "compose",
       .what = "a Compose file with one service",
       .platform = "Docker",
       .opens_ports = true,
       .comments = true,
       .root_only = true,
       .granted = docker,
       .sure = docker,
       .write = write_compose,
       .remark = add_docker_remarks},
      {.format = "kubernetes",
       .what = "a Pod with one container",
       .platform = "Kubernetes",
       .comments = true,
       .root_only = true,
       .granted = docker,
       .sure = crio_default_set(),
       .write = write_kubernetes,
       .remark = add_kubernetes_remarks},
      {.format = "quadlet",
       .what = "a .container file for podman 4.4",
       .platform = "podman",
       .comments = true,
       .granted = docker,
       .sure = podman,
       .write = write_quadlet},
      {.format = "systemd",
       .what = "a drop-in for a service",
       .platform = "systemd",
       .comments = true,
       .write = write_systemd,
       .remark = add_systemd_remarks},
      {.format = "oci",
       .what = "part of a runtime's config.json",
       .platform = "an OCI runtime",
       .write = write_oci,
       .remark = add_oci_remarks},
      {.format = "label",
       .what = "the image label that podman reads",
       .platform = "podman",
       .write = write_label,
       .remark = add_label_remarks},
      {.format = "ecs",
       .what = "part of an Amazon ECS container definition",
       .platform = "Amazon ECS",
       .root_only = true,
       .granted = docker,
       .sure = docker,
       .write = write_ecs,
       .remark = add_ecs_remarks},
      {.format = "nomad",
       .what = "part of a Nomad task: its config block, user and memory",
       .platform = "Nomad",
       .comments = true,
       .root_only = true,
       .granted = docker,
       .sure = docker,
       .write = write_nomad,
       .remark = add_nomad_remarks},
      {.format = "json", .what = "the profile as JSON", .platform = "", .write = write_json},
      {.format = "intoto",
       .what = "an unsigned in-toto statement",
       .platform = "",
       .write = write_intoto},
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

std::string write_json(ExportContent& content) {
  return to_json(content.profile);
}

std::string write_label(ExportContent& content) {
  std::string names;
  for (const std::string& name : content.change.added()) {
    names += (names.empty() ? "" : ",") + name;
  }
  std::string options;
  for (const Setting& setting : content.settings) {
    if (!setting.implied) options += (options.empty() ? "" : ", ") + setting.option;
  }
  if (!options.empty()) {
    content.warnings.push_back("a label holds the set alone; the proof needs besides: " + options);
  }
  return "io.containers.capabilities=" + names + '\n';
}

void add_label_remarks(ExportContent& content) {
  content.notes.emplace_back("podman alone reads this label; Docker and Kubernetes do not");
  const CapabilitySet beyond = content.needed - podman_default_set();
  if (beyond.empty()) return;
  content.warnings.push_back("podman grants " + to_string(beyond) +
                             " to no label: it prints an error and grants its default set "
                             "instead, unless --cap-add names it");
}

}  // namespace capmin
