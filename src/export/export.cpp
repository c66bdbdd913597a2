#include "export/export.h"

#include "core/container_options.h"
#include "core/error.h"
#include "export/writers.h"
#include "profile/platform.h"
#include "profile/profile_yaml.h"

#include <algorithm>
#include <array>

namespace capmin {
namespace {

bool is_about_ports(const Profile::Conditional& conditional) {
  return conditional.when.starts_with("net.ipv4.ip_unprivileged_port_start");
}

bool is_about_ping(const Profile::Conditional& conditional) {
  return conditional.when.starts_with("net.ipv4.ping_group_range");
}

/// A condition that nobody here knows is taken to hold: a capability too much is better than a
/// container that does not start.
bool holds(const Profile::Conditional& conditional, bool opens_ports) {
  return !opens_ports || !(is_about_ports(conditional) || is_about_ping(conditional));
}

std::string condition(const Profile::Conditional& conditional) {
  if (is_about_ports(conditional)) return "where ports below 1024 are privileged";
  if (is_about_ping(conditional)) return "where the container's group may not ping";
  return "where " + conditional.when;
}

void add_proof_warnings(ExportContent& content) {
  const Profile& profile = content.profile;
  if (!is_complete(profile)) {
    content.warnings.emplace_back(
        "INCOMPLETE PROOF: the search was cut short; the set works, but nobody has seen that every "
        "member is needed; finish it with capmin run ... --resume");
  }
  if (const std::size_t count = profile.warnings.size(); count > 0) {
    content.warnings.push_back("the profile holds " + std::to_string(count) +
                               (count == 1 ? " warning" : " warnings") + ": read it first");
  }
}

void add_user_warnings(const Target& target, ExportContent& content) {
  const Profile& profile = content.profile;
  if (!target.root_only || is_root(profile.image.user) || content.needed.empty()) return;
  content.warnings.push_back(
      "with " + std::string(target.platform) + " the container's user " + profile.image.user +
      " does not hold what is added: it takes effect only through file capabilities and setuid "
      "programs" +
      (profile.environment.engine == Dialect::kPodman
           ? "; the set was proven with podman, where it does"
           : ""));
}

void add_environment_warnings(bool opens_ports, ExportContent& content) {
  const Profile::Environment& environment = content.profile.environment;
  const CapabilitySet doubtful =
      CapabilitySet{Capability::kNetBindService, Capability::kNetRaw} - content.needed;
  if (!opens_ports && environment.engine == Dialect::kDocker &&
      environment.ports == Ports::kEngine && environment.network != "host" && !doubtful.empty()) {
    content.warnings.push_back(
        "the set was proven with --ports engine, where Docker opens low ports and ping to all: "
        "here it may lack " +
        to_string(doubtful) + "; run capmin again with --ports portable");
  }
  if (environment.rootless) {
    content.warnings.emplace_back(
        "the set was proven without root: its capabilities counted in a user namespace only, and "
        "other ones may be needed elsewhere");
  } else if (environment.userns_remap.value_or(false)) {
    content.warnings.emplace_back(
        "the set was proven with an engine that remaps users (userns-remap): its capabilities "
        "counted in a user namespace only, and other ones may be needed elsewhere");
  }
}

void add_conditions(ExportContent& content) {
  for (const Profile::Conditional& conditional : content.profile.conditional) {
    if (content.profile.add.contains(conditional.name)) continue;
    const std::string name(name_of(conditional.name));
    const std::string only = name + " is needed only " + condition(conditional) + ": ";
    if (!content.needed.contains(conditional.name)) {
      content.notes.push_back(only +
                              "left out, because Docker opens ports and ping to every "
                              "container; add it in the host's network and for other engines");
    } else {
      content.notes.push_back(only + "leave it out where that is not so");
    }
  }
}

/// What the set was proven with and stands nowhere where the set stands alone.
void add_settings(ExportContent& content) {
  std::string options;
  for (const Setting& setting : content.settings) {
    if (setting.implied) continue;
    if (setting.kind == SettingKind::kUser) {
      content.warnings.push_back("the set was proven with " + setting.option +
                                 ", which stands nowhere here: set it as well");
    } else {
      options += (options.empty() ? "" : ", ") + setting.option;
    }
  }
  if (!options.empty()) content.notes.push_back("proven with " + options);
}

ExportContent content_of(const Profile& profile, const Target& target, const ExportRequest& request,
                         bool opens_ports) {
  if (request.style == ExportStyle::kDropUnneeded && target.granted.empty()) {
    throw Error(ExitCode::kUsage,
                "--style drop-unneeded does not go with --format " + std::string(target.format) +
                    ": there is no default set to drop from",
                "leave --style out");
  }
  CapabilitySet needed = profile.add;
  for (const Profile::Conditional& conditional : profile.conditional) {
    if (holds(conditional, opens_ports)) needed = needed.with(conditional.name);
  }
  ExportContent content{
      .profile = profile,
      .needed = needed,
      .change = change_to(needed, request.style, target.granted, target.sure),
      .name = request.name.empty() ? resource_name(profile.image.reference) : request.name,
      .profile_sha256 = request.profile_sha256,
      .settings = container_settings(profile),
      .warnings = {},
      .notes = {}};
  add_proof_warnings(content);
  if (target.platform.empty()) return content;
  add_user_warnings(target, content);
  add_environment_warnings(opens_ports, content);
  add_conditions(content);
  if (target.remark != nullptr) target.remark(content);
  return content;
}

}  // namespace

ExportContent content_for(const Profile& profile, const Target& target,
                          const ExportRequest& request, bool opens_ports) {
  ExportContent content = content_of(profile, target, request, opens_ports);
  add_settings(content);
  return content;
}

Exported export_profile(const Profile& profile, const Target& target,
                        const ExportRequest& request) {
  // In a namespace that is shared the rule for ports is that of its owner, not Docker's.
  const bool opens_ports = target.opens_ports && !shares_network(profile.environment.network);
  ExportContent content = content_of(profile, target, request, opens_ports);
  std::string text = target.write(content);
  if (target.comments) text.insert(0, comments(content));
  return {std::move(text), std::move(content.warnings), std::move(content.notes)};
}

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
