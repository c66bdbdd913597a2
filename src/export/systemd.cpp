#include "export/writers.h"
#include "profile/pod_security.h"

namespace capmin {

std::string write_systemd(const ExportContent& content) {
  std::string names;
  for (const std::string& name : content.change.added()) {
    names += (names.empty() ? "CAP_" : " CAP_") + name;
  }
  std::string text = comments(content) + "[Service]\n";
  text += "CapabilityBoundingSet=" + names + '\n';
  text += "AmbientCapabilities=" + names + '\n';
  if (proven_without_new_privileges(content.profile)) text += "NoNewPrivileges=yes\n";
  return text;
}

void add_systemd_remarks(ExportContent& content) {
  content.notes.emplace_back(
      "the set was proven in a container; a service sees the host's files, network and users");
  if (content.needed.empty() || is_root(content.profile.image.user)) return;
  content.notes.emplace_back(
      "AmbientCapabilities= lets every program of a service with User= hold the set; where only a "
      "program with file capabilities needs it, leave that line's value empty");
}

}  // namespace capmin
