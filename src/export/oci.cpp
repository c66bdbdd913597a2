#include "export/writers.h"
#include "profile/document.h"
#include "profile/pod_security.h"

namespace capmin {
namespace {

DocumentNode prefixed(const std::vector<std::string>& names) {
  DocumentList list;
  for (const std::string& name : names) {
    list.items.push_back({"CAP_" + name});
  }
  return {std::move(list)};
}

/// Podman's way for users other than root, where the set was proven that way.
bool is_ambient(const ExportContent& content) {
  return !is_root(content.profile.image.user) && content.profile.environment.engine == "podman";
}

}  // namespace

std::string write_oci(const ExportContent& content) {
  const std::vector<std::string> names = content.change.added();
  const bool ambient = is_ambient(content);
  const bool effective = ambient || is_root(content.profile.image.user);
  // Inheritable capabilities let a program with inheritable file capabilities gain them, which
  // engines granted by mistake (CVE-2022-24769); only ambient ones cannot be without.
  DocumentMap sets;
  sets.set("bounding", prefixed(names));
  sets.set("effective", prefixed(effective ? names : std::vector<std::string>{}));
  sets.set("permitted", prefixed(effective ? names : std::vector<std::string>{}));
  sets.set("inheritable", prefixed(ambient ? names : std::vector<std::string>{}));
  sets.set("ambient", prefixed(ambient ? names : std::vector<std::string>{}));
  DocumentMap process;
  process.set("capabilities", {std::move(sets)});
  if (proven_without_new_privileges(content.profile)) process.set("noNewPrivileges", {true});
  DocumentMap annotations;
  for (const ProvenanceFact& fact : provenance(content)) {
    annotations.set("capmin." + fact.key, {fact.value});
  }
  DocumentMap config;
  config.set("process", {std::move(process)});
  config.set("annotations", {std::move(annotations)});
  return emit_json(config);
}

void add_oci_remarks(ExportContent& content) {
  if (!content.needed.empty() && !is_root(content.profile.image.user) && !is_ambient(content)) {
    content.warnings.push_back(
        "the container's user " + content.profile.image.user +
        " does not hold the set: as with Docker it is in the bounding set only, for programs with "
        "file capabilities and setuid programs");
  }
  if (!proven_without_new_privileges(content.profile)) {
    content.notes.emplace_back(
        "noNewPrivileges is left out: runc spec sets it, but the set was not proven that way");
  }
}

}  // namespace capmin
