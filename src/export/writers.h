#pragma once

#include "export/export_content.h"

#include <string>
#include <vector>

namespace capmin {

// One writer for each format, in a file of its name. Each spells the content exactly as its target
// does, names in a warning what its target has no word for, and ends with a line break; the
// function add_..._remarks beside it, where there is one, adds what only that target has to say of
// the set.

/// Arguments of docker run and of podman run, on one line that $(...) takes apart as it should:
/// --cap-drop ALL --cap-add CHOWN. The command is named in a warning.
std::string write_docker_args(ExportContent& content);
std::string write_podman_args(ExportContent& content);
/// Capabilities that Docker 20.10 does not know.
void add_docker_remarks(ExportContent& content);

/// A Compose file with one service; provenance stands in its x-capmin.
std::string write_compose(ExportContent& content);
/// The values of cap_drop and cap_add in Compose: a list in one line.
std::string yaml_names(const std::vector<std::string>& names);

/// A Pod with one container, its securityContext, its volumes and limits.
std::string write_kubernetes(ExportContent& content);
/// Pod Security and allowPrivilegeEscalation.
void add_kubernetes_remarks(ExportContent& content);
/// The lines below "capabilities:", not indented.
std::vector<std::string> kubernetes_capabilities(const CapabilityChange& change);
/// True where allowPrivilegeEscalation: false may be written: the set was proven under it, and it
/// does not hold SYS_ADMIN, which Kubernetes does not take together with it.
bool may_forbid_privilege_escalation(const ExportContent& content);

/// A .container file of podman's systemd generator (podman-systemd.unit(5), podman 4.4).
std::string write_quadlet(ExportContent& content);

/// A drop-in of a systemd service (systemd.exec(5)).
std::string write_systemd(ExportContent& content);
/// Users other than root.
void add_systemd_remarks(ExportContent& content);

/// The part of an OCI runtime configuration (config.json) that the proof needs, as JSON; provenance
/// stands in its annotations.
std::string write_oci(ExportContent& content);
/// Users other than root, noNewPrivileges.
void add_oci_remarks(ExportContent& content);

/// The image label that podman reads, as KEY=VALUE for docker build --label.
std::string write_label(ExportContent& content);
/// What podman does not grant for a label.
void add_label_remarks(ExportContent& content);

/// The part of an Amazon ECS container definition that the proof needs, as JSON; provenance stands
/// in its dockerLabels.
std::string write_ecs(ExportContent& content);
/// Fargate, and capabilities that ECS does not know.
void add_ecs_remarks(ExportContent& content);

/// The config block of Nomad's docker driver, and what belongs beside it in the task.
std::string write_nomad(ExportContent& content);
/// What Nomad allows only where its client's configuration does.
void add_nomad_remarks(ExportContent& content);

/// The profile itself as JSON.
std::string write_json(ExportContent& content);

/// An unsigned in-toto Statement v1 about the image with the predicate test-result/v0.1.
/// Throws Error kUsage where the profile names neither digest nor id of the image.
std::string write_intoto(ExportContent& content);

/// An option of docker run or podman run.
struct ClientOption {
  std::string name;   ///< with its dashes
  std::string value;  ///< where `has_value`; may be empty
  bool has_value = true;
};

/// The two clients, whose options are nearly the same.
enum class Client { kDocker, kPodman };

/// The options with which `client` gives a container the settings of `content`, all but the
/// command. What it does not take is named in the content's warnings.
std::vector<ClientOption> client_options(Client client, ExportContent& content);

}  // namespace capmin
