#include "export/writers.h"
#include "text/quote.h"
#include "text/words.h"

#include <algorithm>
#include <array>

namespace capmin {
namespace {

/// Options of the engines' own that both have and that take nothing of the confinement away.
constexpr std::array<std::string_view, 15> kShared{"--dns",
                                                   "--dns-search",
                                                   "--dns-option",
                                                   "--expose",
                                                   "--stop-signal",
                                                   "--stop-timeout",
                                                   "--cpus",
                                                   "--cpu-shares",
                                                   "--cpuset-cpus",
                                                   "--memory-swap",
                                                   "--memory-reservation",
                                                   "--network-alias",
                                                   "--oom-score-adj",
                                                   "--tty",
                                                   "--interactive"};

/// The options of a tmpfs that podman takes; podman 4.3 ends with "unknown mount option" at an
/// owner.
std::string podman_tmpfs(const Setting& setting, ExportContent& content) {
  const MountSetting mount = parse_tmpfs(setting.value);
  std::string options;
  std::string owner;
  for (const std::string& option : mount.options) {
    const bool is_owner = option.starts_with("uid=") || option.starts_with("gid=");
    std::string& list = is_owner ? owner : options;
    list += (list.empty() ? "" : ",") + option;
  }
  if (!owner.empty()) {
    content.leave_out(owner + " of " + setting.option, "podman's tmpfs takes no owner");
  }
  return mount.target + (options.empty() ? "" : ':' + options);
}

void add_options(Client client, const Setting& setting, ExportContent& content,
                 std::vector<ClientOption>& options) {
  const bool podman = client == Client::kPodman;
  const auto add = [&options](std::string name, std::string value) {
    options.push_back({.name = std::move(name), .value = std::move(value)});
  };
  const auto add_flag = [&options](std::string name) {
    options.push_back({.name = std::move(name), .value = {}, .has_value = false});
  };
  switch (setting.kind) {
    case SettingKind::kUser:
      return add("--user", setting.value);
    case SettingKind::kGroup:
      return add("--group-add", setting.value);
    case SettingKind::kReadOnly:
      add_flag("--read-only");
      // Without this podman leaves /run, /tmp and /var/tmp writable.
      if (podman && std::ranges::none_of(content.settings, &Setting::implied)) {
        add_flag("--read-only-tmpfs=false");
      }
      return;
    case SettingKind::kNoNewPrivileges:
      return add("--security-opt", "no-new-privileges");
    case SettingKind::kSeccomp:
      if (podman && setting.value == "builtin") return;
      return add("--security-opt", "seccomp=" + setting.value);
    case SettingKind::kAppArmor:
      return add("--security-opt", "apparmor=" + setting.value);
    case SettingKind::kSecurity:
      return add("--security-opt", setting.value);
    case SettingKind::kSysctl:
      return add("--sysctl", setting.value);
    case SettingKind::kTmpfs:
      if (podman && setting.implied) return;
      return add("--tmpfs", podman ? podman_tmpfs(setting, content) : setting.value);
    case SettingKind::kVolume:
      return add("--volume", setting.value);
    case SettingKind::kEntrypoint:
      return add("--entrypoint", setting.value);
    case SettingKind::kCommand:
      return;
    case SettingKind::kDirectory:
      return add("--workdir", setting.value);
    case SettingKind::kNetwork:
      return add("--network", setting.value);
    case SettingKind::kPort:
      return add("--publish", setting.value);
    case SettingKind::kUlimit:
      return add("--ulimit", setting.value);
    case SettingKind::kSharedMemory:
      return add("--shm-size", setting.value);
    case SettingKind::kMemory:
      return add("--memory", setting.value);
    case SettingKind::kProcesses:
      return add("--pids-limit", setting.value);
    case SettingKind::kHostname:
      return add("--hostname", setting.value);
    case SettingKind::kHost:
      return add("--add-host", setting.value);
    case SettingKind::kDevice:
      return add("--device", setting.value);
    case SettingKind::kPlatform:
      return add("--platform", setting.value);
    case SettingKind::kInit:
      return add_flag("--init");
    case SettingKind::kVariable:
      return add("--env", setting.value);
    case SettingKind::kVariableFile:
      return add("--env-file", setting.value);
    case SettingKind::kEngine:
      const auto [name, value] = split_at(setting.option, '=');
      if (std::ranges::find(kShared, name) == kShared.end()) {
        return content.leave_out(setting.option, "an option that capmin does not know");
      }
      if (setting.option == name) return add_flag(name);
      return add(name, value);
  }
}

std::string write_args(Client client, ExportContent& content) {
  std::string line;
  const auto add = [&line](const std::string& word) { line += (line.empty() ? "" : " ") + word; };
  for (const std::string& name : content.change.dropped()) {
    add("--cap-drop " + name);
  }
  for (const std::string& name : content.change.added()) {
    add("--cap-add " + name);
  }
  for (const ClientOption& option : client_options(client, content)) {
    if (!option.has_value) {
      add(option.name);
    } else if (!is_shell_word(option.value)) {
      content.warnings.push_back("left out: " + option.name + ' ' + option.value +
                                 ": $(...) would take it apart; give it by hand: " + option.name +
                                 ' ' + shell_quoted(option.value));
    } else {
      // An empty value, or one that begins with a dash, is none unless it stands behind "=".
      const bool is_joined = option.value.empty() || option.value.starts_with('-');
      add(option.name + (is_joined ? '=' : ' ') + option.value);
    }
  }
  for (const Setting& setting : content.settings) {
    if (setting.kind != SettingKind::kCommand) continue;
    content.warnings.push_back("the command is no option: give it behind the image: " +
                               shell_quoted(setting.words));
  }
  return line + '\n';
}

}  // namespace

std::vector<ClientOption> client_options(Client client, ExportContent& content) {
  std::vector<ClientOption> options;
  for (const Setting& setting : content.settings) {
    add_options(client, setting, content, options);
  }
  return options;
}

std::string write_docker_args(ExportContent& content) {
  return write_args(Client::kDocker, content);
}

std::string write_podman_args(ExportContent& content) {
  return write_args(Client::kPodman, content);
}

void add_docker_remarks(ExportContent& content) {
  using enum Capability;
  const CapabilitySet unknown = content.needed & CapabilitySet{kPerfmon, kBpf, kCheckpointRestore};
  if (unknown.empty()) return;
  content.warnings.push_back("Docker 20.10 refuses " + to_string(unknown) +
                             ": it does not know these names");
}

}  // namespace capmin
