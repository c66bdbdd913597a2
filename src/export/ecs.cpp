#include "document/document.h"
#include "export/writers.h"
#include "text/words.h"

#include <algorithm>
#include <array>

namespace capmin {
namespace {

/// Mebibytes, as ECS counts, and no less than `bytes`.
std::int64_t mebibytes(std::uint64_t bytes) {
  constexpr std::uint64_t kMebibyte = 1024 * 1024;
  return static_cast<std::int64_t>((bytes + kMebibyte - 1) / kMebibyte);
}

/// Part of a ContainerDefinition, by the Amazon ECS API reference.
class Definition {
 public:
  explicit Definition(ExportContent& content) : content_(content) {
    for (const Setting& setting : content.settings) {
      place(setting);
    }
  }

  std::string text() const {
    DocumentMap capabilities;
    const std::vector<std::string> dropped = content_.change.dropped();
    const std::vector<std::string> added = content_.change.added();
    if (!added.empty()) capabilities.set("add", text_list(added));
    if (!dropped.empty()) capabilities.set("drop", text_list(dropped));
    DocumentMap parameters;
    parameters.set("capabilities", {std::move(capabilities)});
    append(linux_, parameters);
    DocumentMap labels;
    for (const ProvenanceFact& fact : provenance(content_)) {
      labels.set("capmin." + fact.key, {fact.value});
    }
    DocumentMap definition;
    definition.set("name", {content_.name});
    definition.set("image", {content_.profile.image.reference});
    append(definition_, definition);
    definition.set("linuxParameters", {std::move(parameters)});
    definition.set("dockerLabels", {std::move(labels)});
    return emit_json(definition);
  }

 private:
  static void append(const DocumentMap& fields, DocumentMap& map) {
    map.fields.insert(map.fields.end(), fields.fields.begin(), fields.fields.end());
  }

  void place(const Setting& setting);
  void place_tmpfs(const Setting& setting);
  void place_port(const Setting& setting);
  void place_ulimit(const Setting& setting);
  void place_device(const Setting& setting);
  void security(const std::string& option) {
    definition_.list("dockerSecurityOptions").items.push_back({option});
  }

  ExportContent& content_;
  DocumentMap definition_;  ///< fields of the definition
  DocumentMap linux_;       ///< of its linuxParameters
};

void Definition::place(const Setting& setting) {
  switch (setting.kind) {
    case SettingKind::kUser:
      return definition_.set("user", {setting.value});
    case SettingKind::kReadOnly:
      return definition_.set("readonlyRootFilesystem", {true});
    case SettingKind::kNoNewPrivileges:
      return security("no-new-privileges");
    case SettingKind::kAppArmor:
      return security("apparmor:" + setting.value);
    case SettingKind::kSecurity:
      if (!setting.value.starts_with("label")) {
        return content_.leave_out(setting.option, "dockerSecurityOptions has no word for it");
      }
      return security("label:" +
                      setting.value.substr(std::min<std::size_t>(6, setting.value.size())));
    case SettingKind::kSysctl: {
      const auto [name, value] = split_at(setting.value, '=');
      DocumentMap control;
      control.set("namespace", {name});
      control.set("value", {value});
      definition_.list("systemControls").items.push_back({std::move(control)});
      return;
    }
    case SettingKind::kTmpfs:
      return place_tmpfs(setting);
    case SettingKind::kEntrypoint:
      return definition_.set("entryPoint", text_list({setting.value}));
    case SettingKind::kCommand:
      return definition_.set("command", text_list(setting.words));
    case SettingKind::kDirectory:
      return definition_.set("workingDirectory", {setting.value});
    case SettingKind::kPort:
      return place_port(setting);
    case SettingKind::kUlimit:
      return place_ulimit(setting);
    case SettingKind::kSharedMemory:
      if (const auto bytes = parse_bytes(setting.value)) {
        return linux_.set("sharedMemorySize", number_node(mebibytes(*bytes)));
      }
      return content_.leave_out(setting.option, "it is no number of bytes");
    case SettingKind::kMemory:
      if (const auto bytes = parse_bytes(setting.value)) {
        return definition_.set("memory", number_node(mebibytes(*bytes)));
      }
      return content_.leave_out(setting.option, "it is no number of bytes");
    case SettingKind::kHostname:
      return definition_.set("hostname", {setting.value});
    case SettingKind::kHost: {
      const auto [name, address] = split_at(setting.value, ':');
      DocumentMap host;
      host.set("hostname", {name});
      host.set("ipAddress", {address});
      definition_.list("extraHosts").items.push_back({std::move(host)});
      return;
    }
    case SettingKind::kDevice:
      return place_device(setting);
    case SettingKind::kInit:
      return linux_.set("initProcessEnabled", {true});
    case SettingKind::kGroup:
      return content_.leave_out(setting.option, "a container has no further groups in ECS");
    case SettingKind::kSeccomp:
      if (setting.value == "builtin") return;
      return content_.leave_out(setting.option, "ECS has Docker's own filter only");
    case SettingKind::kProcesses:
      return content_.leave_out(setting.option, "ECS has no limit for it; see ulimit nproc");
    case SettingKind::kVolume:
      return content_.leave_out(setting.option,
                                "a mountPoint needs a volume of the task definition");
    case SettingKind::kNetwork:
      return content_.leave_out(setting.option, "networkMode is the task definition's");
    case SettingKind::kPlatform:
      return content_.leave_out(setting.option, "runtimePlatform is the task definition's");
    case SettingKind::kVariable:
      return content_.leave_out(setting.option,
                                "its value is in no profile; give it under environment or secrets");
    case SettingKind::kVariableFile:
      return content_.leave_out(setting.option, "environmentFiles are files in Amazon S3");
    case SettingKind::kEngine:
      return content_.leave_out(setting.option, "an option of the engine's own");
  }
}

void Definition::place_tmpfs(const Setting& setting) {
  // The page "Tmpfs" of the Amazon ECS API reference; of those with a value the names.
  constexpr std::array<std::string_view, 37> kOptions{
      "defaults",   "ro",          "rw",         "suid",        "nosuid",        "dev",     "nodev",
      "exec",       "noexec",      "sync",       "async",       "dirsync",       "remount", "mand",
      "nomand",     "atime",       "noatime",    "diratime",    "nodiratime",    "bind",    "rbind",
      "unbindable", "runbindable", "private",    "rprivate",    "shared",        "rshared", "slave",
      "rslave",     "relatime",    "norelatime", "strictatime", "nostrictatime", "mode",    "uid",
      "gid",        "nr_inodes"};
  const MountSetting mount = parse_tmpfs(setting.value);
  std::optional<std::uint64_t> size;
  std::vector<std::string> options;
  std::string others;
  for (const std::string& option : mount.options) {
    const auto [name, value] = split_at(option, '=');
    if (name == "size") {
      size = parse_bytes(value);
    } else if (std::ranges::find(kOptions, name) != kOptions.end()) {
      options.push_back(option);
    } else {
      others += (others.empty() ? "" : ",") + option;
    }
  }
  if (!size || *size == 0) {
    return content_.leave_out(setting.option, "ECS demands a size; add size= and run again");
  }
  if (!others.empty()) content_.leave_out(others + " of " + setting.option, "ECS does not know it");
  DocumentMap place;
  place.set("containerPath", {mount.target});
  place.set("size", number_node(mebibytes(*size)));
  if (!options.empty()) place.set("mountOptions", text_list(options));
  linux_.list("tmpfs").items.push_back({std::move(place)});
}

void Definition::place_port(const Setting& setting) {
  const auto port = parse_port(setting.value);
  if (!port || port->protocol == "sctp" || !port->address.empty()) {
    return content_.leave_out(setting.option,
                              "a portMapping has one port, tcp or udp, and no address");
  }
  DocumentMap mapping;
  mapping.set("containerPort", number_node(port->container));
  if (port->host) mapping.set("hostPort", number_node(*port->host));
  mapping.set("protocol", {port->protocol});
  definition_.list("portMappings").items.push_back({std::move(mapping)});
}

void Definition::place_ulimit(const Setting& setting) {
  const auto limit = parse_ulimit(setting.value);
  if (!limit) return content_.leave_out(setting.option, "it is no NAME=SOFT:HARD");
  DocumentMap entry;
  entry.set("name", {limit->name});
  entry.set("softLimit", number_node(limit->soft));
  entry.set("hardLimit", number_node(limit->hard));
  definition_.list("ulimits").items.push_back({std::move(entry)});
}

void Definition::place_device(const Setting& setting) {
  const DeviceSetting device = parse_device(setting.value);
  DocumentMap entry;
  entry.set("hostPath", {device.source});
  entry.set("containerPath", {device.target});
  std::vector<std::string> permissions;
  for (const char letter : device.permissions) {
    permissions.emplace_back(letter == 'r' ? "read" : letter == 'w' ? "write" : "mknod");
  }
  entry.set("permissions", text_list(permissions));
  linux_.list("devices").items.push_back({std::move(entry)});
}

}  // namespace

std::string write_ecs(ExportContent& content) {
  return Definition(content).text();
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
  // "This parameter isn't supported for tasks that use the Fargate launch type", says the API
  // reference of dockerSecurityOptions, devices, sharedMemorySize and tmpfs.
  std::string options;
  for (const Setting& setting : content.settings) {
    const bool is_refused =
        setting.kind == SettingKind::kNoNewPrivileges || setting.kind == SettingKind::kAppArmor ||
        setting.kind == SettingKind::kSecurity || setting.kind == SettingKind::kDevice ||
        setting.kind == SettingKind::kSharedMemory || setting.kind == SettingKind::kTmpfs;
    if (is_refused) options += (options.empty() ? "" : ", ") + setting.option;
  }
  if (!options.empty()) {
    content.warnings.push_back("Fargate does not take " + options + "; use EC2 instances");
  }
  const CapabilitySet refused = content.change.add.without(kSysPtrace);
  if (refused.empty()) return;
  const CapabilitySet beyond = refused - docker_default_set();
  content.warnings.push_back(
      "Fargate refuses this: it may add SYS_PTRACE only, not " + to_string(refused) +
      (beyond.empty() ? "; --style drop-unneeded drops by name instead" : "; use EC2 instances"));
}

}  // namespace capmin
