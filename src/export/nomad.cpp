#include "export/writers.h"
#include "text/quote.h"
#include "text/words.h"

#include <algorithm>

namespace capmin {
namespace {

/// A quoted text of HCL, where "${" and "%{" begin a template. An escaped sign does not.
std::string hcl_text(const std::string& text) {
  std::string result;
  const std::string quoted = quote(text, QuoteFormat::kYaml);
  for (std::size_t i = 0; i < quoted.size(); ++i) {
    const bool opens = i + 1 < quoted.size() && quoted[i + 1] == '{';
    if (opens && quoted[i] == '$') {
      result += "\\u0024";
    } else if (opens && quoted[i] == '%') {
      result += "\\u0025";
    } else {
      result += quoted[i];
    }
  }
  return result;
}

std::string lower_names(std::vector<std::string> names) {
  std::string list;
  for (std::string& name : names) {
    std::ranges::transform(name, name.begin(), [](char letter) {
      return letter == '_' ? letter : static_cast<char>(letter | 0x20);
    });
    list += (list.empty() ? "\"" : ", \"") + name + '"';
  }
  return '[' + list + ']';
}

/// The texts in brackets.
std::string listed(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) {
    list += (list.empty() ? "" : ", ") + hcl_text(text);
  }
  return '[' + list + ']';
}

/// What a task of Nomad's docker driver has, by the driver's page in Nomad's documentation.
class Task {
 public:
  explicit Task(ExportContent& content) : content_(content) {
    for (const Setting& setting : content.settings) {
      place(setting);
    }
  }

  std::string text() const {
    const std::vector<std::string> dropped = content_.change.dropped();
    const std::vector<std::string> added = content_.change.added();
    std::string text = before_ + "config {\n";
    text += "  image = " + hcl_text(content_.profile.image.reference) + '\n';
    if (!dropped.empty()) text += "  cap_drop = " + lower_names(dropped) + '\n';
    if (!added.empty()) text += "  cap_add = " + lower_names(added) + '\n';
    text += config_;
    for (const auto& [key, texts] : lists_) {
      text += "  " + key + " = " + listed(texts) + '\n';
    }
    for (const auto& [key, entries] : maps_) {
      text += "  " + key + " = {\n" + entries + "  }\n";
    }
    if (!devices_.empty()) text += "  devices = [\n" + devices_ + "  ]\n";
    return text + blocks_ + "}\n" + after_;
  }

 private:
  using Lists = std::vector<std::pair<std::string, std::vector<std::string>>>;
  using Maps = std::vector<std::pair<std::string, std::string>>;

  void place(const Setting& setting);
  void place_tmpfs(const Setting& setting);
  void place_volume(const Setting& setting);
  void place_command(const Setting& setting);
  void place_bytes(const char* key, const Setting& setting);

  /// A line of the config block; `value` is spelled as HCL has it.
  void line(const std::string& key, const std::string& value) {
    config_ += "  " + key + " = " + value + '\n';
  }
  void add(const std::string& key, const std::string& text) {
    auto found = std::ranges::find(lists_, key, &Lists::value_type::first);
    if (found == lists_.end()) found = lists_.insert(lists_.end(), {key, {}});
    found->second.push_back(text);
  }
  void add_entry(const std::string& map, const std::string& key, const std::string& value) {
    auto found = std::ranges::find(maps_, map, &Maps::value_type::first);
    if (found == maps_.end()) found = maps_.insert(maps_.end(), {map, {}});
    found->second += "    " + hcl_text(key) + " = " + hcl_text(value) + '\n';
  }

  ExportContent& content_;
  std::string before_;  ///< what belongs beside the config block
  std::string after_;
  std::string config_;
  Lists lists_;
  Maps maps_;
  std::string devices_;
  std::string blocks_;
};

void Task::place(const Setting& setting) {
  switch (setting.kind) {
    case SettingKind::kUser:
      before_ += "user = " + hcl_text(setting.value) + '\n';
      return;
    case SettingKind::kGroup:
      return add("group_add", setting.value);
    case SettingKind::kReadOnly:
      return line("readonly_rootfs", "true");
    case SettingKind::kNoNewPrivileges:
      return add("security_opt", "no-new-privileges");
    case SettingKind::kSeccomp:
      return add("security_opt", "seccomp=" + setting.value);
    case SettingKind::kAppArmor:
      return add("security_opt", "apparmor=" + setting.value);
    case SettingKind::kSecurity:
      return add("security_opt", setting.value);
    case SettingKind::kSysctl: {
      const auto [name, value] = split_at(setting.value, '=');
      return add_entry("sysctl", name, value);
    }
    case SettingKind::kTmpfs:
      return place_tmpfs(setting);
    case SettingKind::kVolume:
      return place_volume(setting);
    case SettingKind::kEntrypoint:
      return add("entrypoint", setting.value);
    case SettingKind::kCommand:
      return place_command(setting);
    case SettingKind::kDirectory:
      return line("work_dir", hcl_text(setting.value));
    case SettingKind::kNetwork:
      return line("network_mode", hcl_text(setting.value));
    case SettingKind::kUlimit: {
      const auto [name, limits] = split_at(setting.value, '=');
      return add_entry("ulimit", name, limits);
    }
    case SettingKind::kSharedMemory:
      return place_bytes("shm_size", setting);
    case SettingKind::kMemory:
      if (const auto bytes = parse_bytes(setting.value)) {
        const std::uint64_t mebibytes = (*bytes + 1024 * 1024 - 1) / (1024 * 1024);
        after_ += "resources {\n  memory = " + std::to_string(mebibytes) + "\n}\n";
        return;
      }
      return content_.leave_out(setting.option, "it is no number of bytes");
    case SettingKind::kProcesses:
      return place_bytes("pids_limit", setting);
    case SettingKind::kHostname:
      return line("hostname", hcl_text(setting.value));
    case SettingKind::kHost:
      return add("extra_hosts", setting.value);
    case SettingKind::kDevice: {
      const DeviceSetting device = parse_device(setting.value);
      devices_ += "    {\n      host_path = " + hcl_text(device.source) +
                  "\n      container_path = " + hcl_text(device.target) +
                  "\n      cgroup_permissions = " + hcl_text(device.permissions) + "\n    },\n";
      return;
    }
    case SettingKind::kInit:
      return line("init", "true");
    case SettingKind::kPort:
      return content_.leave_out(setting.option, "ports are labels of the group's network block");
    case SettingKind::kPlatform:
      return content_.leave_out(setting.option, "a constraint on attr.cpu.arch chooses the node");
    case SettingKind::kVariable:
      return content_.leave_out(setting.option,
                                "its value is in no profile; give it in the task's env block");
    case SettingKind::kVariableFile:
      return content_.leave_out(setting.option, "a template block with env = true reads files");
    case SettingKind::kEngine:
      return content_.leave_out(setting.option, "an option of the engine's own");
  }
}

void Task::place_bytes(const char* key, const Setting& setting) {
  if (const auto bytes = parse_bytes(setting.value)) return line(key, std::to_string(*bytes));
  content_.leave_out(setting.option, "it is no number");
}

void Task::place_command(const Setting& setting) {
  line("command", hcl_text(setting.words.front()));
  if (setting.words.size() > 1) {
    line("args", listed({setting.words.begin() + 1, setting.words.end()}));
  }
}

void Task::place_tmpfs(const Setting& setting) {
  const MountSetting tmpfs = parse_tmpfs(setting.value);
  std::string size;
  std::string others;
  for (const std::string& option : tmpfs.options) {
    const auto bytes = option.starts_with("size=") ? parse_bytes(option.substr(5)) : std::nullopt;
    if (bytes) {
      size = "    tmpfs_options {\n      size = " + std::to_string(*bytes) + "\n    }\n";
    } else {
      others += (others.empty() ? "" : ",") + option;
    }
  }
  if (!others.empty()) {
    content_.leave_out(others + " of " + setting.option, "tmpfs_options has a size only");
  }
  blocks_ += "  mount {\n    type = \"tmpfs\"\n    target = " + hcl_text(tmpfs.target) +
             "\n    readonly = false\n" + size + "  }\n";
}

void Task::place_volume(const Setting& setting) {
  const MountSetting volume = parse_volume_setting(setting.value);
  if (volume.is_host_path()) {
    content_.warnings.push_back(setting.option +
                                ": the client's docker plugin must have volumes enabled");
    return add("volumes", setting.value);
  }
  std::string others;
  for (const std::string& option : volume.options) {
    if (option != "ro" && option != "rw") others += (others.empty() ? "" : ",") + option;
  }
  if (!others.empty()) content_.leave_out(others + " of " + setting.option, "mount has no word");
  blocks_ += "  mount {\n    type = \"volume\"\n    target = " + hcl_text(volume.target) + '\n';
  if (!volume.source.empty()) blocks_ += "    source = " + hcl_text(volume.source) + '\n';
  blocks_ +=
      std::string("    readonly = ") + (volume.has_option("ro") ? "true" : "false") + "\n  }\n";
}

}  // namespace

std::string write_nomad(ExportContent& content) {
  return Task(content).text();
}

void add_nomad_remarks(ExportContent& content) {
  // allow_caps of the docker driver defaults to Docker's set without NET_RAW.
  const CapabilitySet beyond = content.needed - docker_default_set().without(Capability::kNetRaw);
  if (beyond.empty()) return;
  content.warnings.push_back("Nomad refuses " + to_string(beyond) +
                             " unless allow_caps of its docker plugin names it on the client");
}

}  // namespace capmin
