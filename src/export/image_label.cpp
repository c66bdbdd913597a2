#include "export/writers.h"
#include "profile/platform.h"

namespace capmin {

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
