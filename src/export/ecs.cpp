#include "export/writers.h"
#include "profile/document.h"

namespace capmin {
namespace {

DocumentNode list_of(const std::vector<std::string>& names) {
  DocumentList list;
  for (const std::string& name : names) {
    list.items.push_back({name});
  }
  return {std::move(list)};
}

}  // namespace

std::string write_ecs(const ExportContent& content) {
  const std::vector<std::string> dropped = content.change.dropped();
  const std::vector<std::string> added = content.change.added();
  DocumentMap capabilities;
  if (!added.empty()) capabilities.set("add", list_of(added));
  if (!dropped.empty()) capabilities.set("drop", list_of(dropped));
  DocumentMap parameters;
  parameters.set("capabilities", {std::move(capabilities)});
  DocumentMap labels;
  for (const ProvenanceFact& fact : provenance(content)) {
    labels.set("capmin." + fact.key, {fact.value});
  }
  DocumentMap definition;
  definition.set("name", {content.name});
  definition.set("image", {content.profile.image.reference});
  definition.set("linuxParameters", {std::move(parameters)});
  definition.set("dockerLabels", {std::move(labels)});
  return emit_json(definition);
}

void add_ecs_remarks(ExportContent& content) {
  using enum Capability;
  // The list of the page "KernelCapabilities" in the Amazon ECS API reference lacks these.
  const CapabilitySet unknown =
      content.change.add & CapabilitySet{kAuditRead, kPerfmon, kBpf, kCheckpointRestore};
  if (!unknown.empty()) {
    content.warnings.push_back("Amazon ECS does not know " + to_string(unknown) +
                               " and refuses the definition");
  }
  const CapabilitySet refused = content.change.add.without(kSysPtrace);
  if (refused.empty()) return;
  const CapabilitySet beyond = refused - docker_default_set();
  content.warnings.push_back(
      "Fargate refuses this: it may add SYS_PTRACE only, not " + to_string(refused) +
      (beyond.empty() ? "; --style drop-unneeded drops by name instead" : "; use EC2 instances"));
}

}  // namespace capmin
