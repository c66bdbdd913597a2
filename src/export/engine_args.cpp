#include "export/writers.h"

namespace capmin {

std::string write_engine_args(const ExportContent& content) {
  std::string line;
  const auto add = [&line](const char* option, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      if (!line.empty()) line += ' ';
      line += option;
      line += ' ' + name;
    }
  };
  add("--cap-drop", content.change.dropped());
  add("--cap-add", content.change.added());
  return line + '\n';
}

void add_docker_remarks(ExportContent& content) {
  using enum Capability;
  const CapabilitySet unknown = content.needed & CapabilitySet{kPerfmon, kBpf, kCheckpointRestore};
  if (unknown.empty()) return;
  content.warnings.push_back("Docker 20.10 refuses " + to_string(unknown) +
                             ": it does not know these names");
}

}  // namespace capmin
