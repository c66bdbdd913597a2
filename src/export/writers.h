#pragma once

#include "export/export_content.h"

#include <string>
#include <vector>

namespace capmin {

// One writer for each format, in a file of its name. Each spells the content exactly as its target
// does and ends it with a line break; the function add_..._remarks beside it, where there is one,
// adds what only that target has to say.

/// Arguments of docker run and podman run, on one line: --cap-drop ALL --cap-add CHOWN.
std::string write_engine_args(const ExportContent& content);
/// Capabilities that Docker 20.10 does not know.
void add_docker_remarks(ExportContent& content);

/// A Compose file with one service; provenance stands in its x-capmin.
std::string write_compose(const ExportContent& content);
/// The values of cap_drop and cap_add in Compose: a list in one line.
std::string yaml_names(const std::vector<std::string>& names);
/// A name of letters, digits, '.', '_' and '-' in YAML: in quotes only where it needs them.
std::string yaml_name(const std::string& name);

/// A Pod with one container; the set stands in the container's securityContext.
std::string write_kubernetes(const ExportContent& content);
/// Pod Security and allowPrivilegeEscalation.
void add_kubernetes_remarks(ExportContent& content);
/// The lines below "capabilities:", not indented.
std::vector<std::string> kubernetes_capabilities(const CapabilityChange& change);
/// True where allowPrivilegeEscalation: false may be written: the set was proven under it, and it
/// does not hold SYS_ADMIN, which Kubernetes does not take together with it.
bool may_forbid_privilege_escalation(const ExportContent& content);

/// A .container file of podman's systemd generator (podman-systemd.unit(5), podman 4.4).
std::string write_quadlet(const ExportContent& content);
/// Images whose name cannot stand in a unit.
void add_quadlet_remarks(ExportContent& content);

/// A drop-in of a systemd service (systemd.exec(5)).
std::string write_systemd(const ExportContent& content);
/// Users other than root.
void add_systemd_remarks(ExportContent& content);

/// The part of an OCI runtime configuration (config.json) that grants the set, as JSON; provenance
/// stands in its annotations.
std::string write_oci(const ExportContent& content);
/// Users other than root, noNewPrivileges.
void add_oci_remarks(ExportContent& content);

/// The image label that podman reads, as KEY=VALUE for docker build --label.
std::string write_label(const ExportContent& content);
/// What podman does not grant for a label.
void add_label_remarks(ExportContent& content);

/// The part of an Amazon ECS container definition that grants the set, as JSON; provenance stands
/// in its dockerLabels.
std::string write_ecs(const ExportContent& content);
/// Fargate, and capabilities that ECS does not know.
void add_ecs_remarks(ExportContent& content);

/// The config block of Nomad's docker driver.
std::string write_nomad(const ExportContent& content);
/// What Nomad allows only where its client's configuration does.
void add_nomad_remarks(ExportContent& content);

/// The profile itself as JSON.
std::string write_json(const ExportContent& content);

/// An unsigned in-toto Statement v1 about the image with the predicate test-result/v0.1.
/// Throws Error kUsage where the profile names neither digest nor id of the image.
std::string write_intoto(const ExportContent& content);

}  // namespace capmin
