#include "export/writers.h"
#include "profile/pod_security.h"
#include "yaml/quote.h"

namespace capmin {
namespace {

void add_level_remark(ExportContent& content) {
  const CapabilitySet add = content.change.add;
  const PodSecurity level = pod_security_of(add);
  if (level == PodSecurity::kPrivileged) {
    content.warnings.push_back("Pod Security \"baseline\" refuses " +
                               to_string(add - addable(PodSecurity::kBaseline)) +
                               ": the namespace must allow \"privileged\"");
    return;
  }
  std::string lacks;
  const auto add_lack = [&lacks](const std::string& text) {
    lacks += (lacks.empty() ? "" : "; ") + text;
  };
  if (level == PodSecurity::kBaseline) {
    add_lack("refuses " + to_string(add - addable(PodSecurity::kRestricted)));
  }
  if (!content.change.drops_all) add_lack("demands to drop ALL");
  if (!may_forbid_privilege_escalation(content)) {
    add_lack("demands allowPrivilegeEscalation: false");
  }
  if (is_root(content.profile.image.user)) add_lack("demands a user other than root");
  if (lacks.empty()) return;
  content.warnings.push_back("fits Pod Security \"baseline\" but not \"restricted\", which " +
                             lacks);
}

}  // namespace

bool may_forbid_privilege_escalation(const ExportContent& content) {
  return proven_without_new_privileges(content.profile) &&
         !content.change.add.contains(Capability::kSysAdmin);
}

std::vector<std::string> kubernetes_capabilities(const CapabilityChange& change) {
  std::vector<std::string> lines;
  const std::vector<std::string> dropped = change.dropped();
  const std::vector<std::string> added = change.added();
  if (!dropped.empty()) lines.push_back("drop: " + yaml_names(dropped));
  if (!added.empty()) lines.push_back("add: " + yaml_names(added));
  return lines;
}

std::string write_kubernetes(const ExportContent& content) {
  const std::string name = yaml_name(content.name);
  std::string text = comments(content);
  text += "apiVersion: v1\nkind: Pod\nmetadata:\n  name: " + name + '\n';
  text += "spec:\n  containers:\n    - name: " + name + '\n';
  text += "      image: " + quote(content.profile.image.reference, QuoteFormat::kYaml) + '\n';
  text += "      securityContext:\n";
  if (may_forbid_privilege_escalation(content)) {
    text += "        allowPrivilegeEscalation: false\n";
  }
  const std::vector<std::string> lines = kubernetes_capabilities(content.change);
  text += lines.empty() ? "        capabilities: {}\n" : "        capabilities:\n";
  for (const std::string& line : lines) {
    text += "          " + line + '\n';
  }
  return text;
}

void add_kubernetes_remarks(ExportContent& content) {
  add_level_remark(content);
  if (!may_forbid_privilege_escalation(content)) {
    const bool admin = content.change.add.contains(Capability::kSysAdmin);
    content.notes.emplace_back(
        admin ? "allowPrivilegeEscalation: false is left out: Kubernetes does not take it together "
                "with SYS_ADMIN"
              : "allowPrivilegeEscalation: false is left out: with it file capabilities and setuid "
                "programs have no effect, and the set was not proven that way; run capmin again "
                "with --security-opt no-new-privileges");
  }
  for (const Profile::Conditional& conditional : content.profile.conditional) {
    if (!content.needed.contains(conditional.name)) continue;
    if (conditional.name == Capability::kNetBindService) {
      content.notes.emplace_back(
          "instead of NET_BIND_SERVICE the pod can set the safe sysctl "
          "net.ipv4.ip_unprivileged_port_start to 0 (Kubernetes 1.22)");
    } else if (conditional.name == Capability::kNetRaw) {
      content.notes.emplace_back(
          "instead of NET_RAW the pod can set the safe sysctl net.ipv4.ping_group_range to "
          "\"0 2147483647\"");
    }
  }
}

}  // namespace capmin
