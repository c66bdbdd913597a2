#include "export/writers.h"
#include "profile/platform.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace capmin {
namespace {

/// True for a text that means itself in every value of a systemd unit and of a Quadlet file.
bool is_plain_in_unit(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') ||
           std::string_view("._-/:@=,+").find(letter) != std::string_view::npos;
  });
}

/// A word of a command line in a unit (systemd.service(5), "Command lines"), in quotes where it
/// needs them; "%" and "$" mean themselves. Nothing for what cannot stand there: an empty text is
/// "", but control characters, what is not ASCII, a lone ";" and two number signs in a row are
/// refused.
std::optional<std::string> unit_word(std::string_view text) {
  if (is_plain_in_unit(text)) return std::string(text);
  const bool is_printable =
      std::ranges::all_of(text, [](char letter) { return letter >= ' ' && letter <= '~'; });
  if (!is_printable || text == ";" || text.find("##") != std::string_view::npos) {
    return std::nullopt;
  }
  std::string quoted = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') quoted += '\\';
    if (letter == '%' || letter == '$') quoted += letter;
    quoted += letter;
  }
  return quoted + '"';
}

/// A drop-in, by systemd.exec(5) and systemd.resource-control(5).
class DropIn {
 public:
  explicit DropIn(ExportContent& content) : content_(content) {
    std::string names;
    for (const std::string& name : content.change.added()) {
      names += (names.empty() ? "CAP_" : " CAP_") + name;
    }
    line("CapabilityBoundingSet", names);
    line("AmbientCapabilities", names);
    place_user();
    if (seccomp_filter(content.profile) != SeccompFilter::kNone) {
      content.leave_out("the seccomp filter of the proof",
                        "a service has none; SystemCallFilter= sets one");
    }
    for (const Setting& setting : content.settings) {
      place(setting);
    }
  }

  const std::string& text() const { return text_; }

 private:
  void line(const std::string& key, const std::string& value) {
    text_.append(key).append("=").append(value).append("\n");
  }

  /// `key` with a text of the profile's, where a unit can hold that.
  void line(const std::string& key, const std::string& value, const Setting& setting) {
    if (is_plain_in_unit(value)) return line(key, value);
    content_.leave_out(setting.option, "a unit cannot hold such text plainly");
  }

  void place(const Setting& setting);
  void place_user();
  void place_tmpfs(const Setting& setting);
  void place_volume(const Setting& setting);
  void place_ulimit(const Setting& setting);
  void place_device(const Setting& setting);

  ExportContent& content_;
  std::string text_ = "[Service]\n";
};

void DropIn::place(const Setting& setting) {
  switch (setting.kind) {
    case SettingKind::kUser:
    case SettingKind::kSeccomp:
      return;  // place_user looks at the image as well; the filter is named above
    case SettingKind::kNoNewPrivileges:
      return line("NoNewPrivileges", "yes");
    case SettingKind::kGroup:
      return line("SupplementaryGroups", setting.value, setting);
    case SettingKind::kReadOnly:
      return line("ProtectSystem", "strict");
    case SettingKind::kAppArmor:
      return line("AppArmorProfile", setting.value, setting);
    case SettingKind::kTmpfs:
      return place_tmpfs(setting);
    case SettingKind::kVolume:
      return place_volume(setting);
    case SettingKind::kDirectory:
      return line("WorkingDirectory", setting.value, setting);
    case SettingKind::kNetwork:
      if (setting.value == "none") return line("PrivateNetwork", "yes");
      return content_.leave_out(setting.option, "a service has the host's network");
    case SettingKind::kUlimit:
      return place_ulimit(setting);
    case SettingKind::kMemory:
      if (const auto bytes = parse_bytes(setting.value)) {
        return line("MemoryMax", std::to_string(*bytes));
      }
      return content_.leave_out(setting.option, "it is no number of bytes");
    case SettingKind::kProcesses:
      return line("TasksMax", setting.value == "-1" ? "infinity" : setting.value, setting);
    case SettingKind::kDevice:
      return place_device(setting);
    case SettingKind::kVariable:
      line("PassEnvironment", setting.value, setting);
      content_.warnings.push_back(setting.option +
                                  ": PassEnvironment= takes its value from systemd's own "
                                  "environment; it is in no profile");
      return;
    case SettingKind::kVariableFile:
      if (!setting.value.starts_with('/')) {
        return content_.leave_out(setting.option, "EnvironmentFile= takes an absolute path");
      }
      return line("EnvironmentFile", setting.value, setting);
    case SettingKind::kEntrypoint:
    case SettingKind::kCommand:
      return content_.leave_out(setting.option, "what a service runs is its ExecStart=");
    case SettingKind::kSysctl:
      return content_.leave_out(setting.option, "a service has the host's; see sysctl.d(5)");
    case SettingKind::kPort:
      return content_.leave_out(setting.option, "a service listens on the host itself");
    case SettingKind::kHostname:
    case SettingKind::kHost:
      return content_.leave_out(setting.option, "a service has the host's names");
    case SettingKind::kSharedMemory:
    case SettingKind::kPlatform:
    case SettingKind::kInit:
    case SettingKind::kSecurity:
    case SettingKind::kEngine:
      return content_.leave_out(setting.option, "a service has no word for it");
  }
}

void DropIn::place_user() {
  const std::string& text = content_.profile.image.user;
  const UserSetting user = parse_user(text);
  if (is_root(text) && (user.group.empty() || user.gid == 0U)) return;
  const Setting setting{SettingKind::kUser, "the user " + text, text, {}};
  if (!is_root(text)) line("User", user.user, setting);
  if (!user.group.empty()) line("Group", user.group, setting);
  if (!user.uid || (!user.gid && !user.group.empty())) {
    content_.warnings.push_back("the user " + text +
                                " is one of the image; on the host the name must exist, and may "
                                "be another one");
  }
}

void DropIn::place_tmpfs(const Setting& setting) {
  const MountSetting tmpfs = parse_tmpfs(setting.value);
  // The rest is taken for mount options, the path is not.
  if (!tmpfs.target.starts_with('/') || tmpfs.target.find('=') != std::string::npos) {
    return content_.leave_out(setting.option, "TemporaryFileSystem= takes an absolute path");
  }
  line("TemporaryFileSystem", setting.value, setting);
}

void DropIn::place_volume(const Setting& setting) {
  const MountSetting volume = parse_volume_setting(setting.value);
  if (!volume.is_host_path()) {
    return content_.leave_out(setting.option,
                              "a service has no volumes; StateDirectory= keeps what it writes");
  }
  std::string others;
  for (const std::string& option : volume.options) {
    if (option != "ro" && option != "rw") others += (others.empty() ? "" : ",") + option;
  }
  if (!others.empty()) content_.leave_out(others + " of " + setting.option, "no word for it");
  line(volume.has_option("ro") ? "BindReadOnlyPaths" : "BindPaths",
       volume.source + ':' + volume.target, setting);
}

void DropIn::place_ulimit(const Setting& setting) {
  // systemd.exec(5), "Process properties".
  constexpr std::array<std::string_view, 16> kLimits{
      "cpu",   "fsize",   "data",  "stack",      "core",     "rss",  "nofile", "as",
      "nproc", "memlock", "locks", "sigpending", "msgqueue", "nice", "rtprio", "rttime"};
  const auto limit = parse_ulimit(setting.value);
  if (!limit || std::ranges::find(kLimits, limit->name) == kLimits.end()) {
    return content_.leave_out(setting.option, "systemd has no such limit");
  }
  std::string name = limit->name;
  std::ranges::transform(name, name.begin(),
                         [](char letter) { return static_cast<char>(letter & ~0x20); });
  const auto spelled = [](std::int64_t value) {
    return value < 0 ? std::string("infinity") : std::to_string(value);
  };
  line("Limit" + name, spelled(limit->soft) + ':' + spelled(limit->hard));
}

void DropIn::place_device(const Setting& setting) {
  const DeviceSetting device = parse_device(setting.value);
  if (device.target != device.source || !is_plain_in_unit(device.source)) {
    return content_.leave_out(setting.option, "a service sees devices under their own names");
  }
  line("DevicePolicy", "closed");
  text_ += "DeviceAllow=" + device.source + ' ' + device.permissions + '\n';
}

}  // namespace

std::string write_systemd(ExportContent& content) {
  return DropIn(content).text();
}

void add_systemd_remarks(ExportContent& content) {
  content.notes.emplace_back(
      "the set was proven in a container; a service sees the host's files, network and users");
  if (content.needed.empty() || is_root(content.profile.image.user)) return;
  content.notes.emplace_back(
      "AmbientCapabilities= lets every program of a service with User= hold the set; where only a "
      "program with file capabilities needs it, leave that line's value empty");
}

namespace {

/// A .container file. Its keys are those of podman 4.4; what has none there is an argument of
/// podman's, under PodmanArgs.
class ContainerFile {
 public:
  explicit ContainerFile(ExportContent& content) : content_(content) {
    const std::string& image = content.profile.image.reference;
    const bool has_name = is_plain_in_unit(image);
    text_ = has_name ? "[Container]\nImage=" + image + '\n' : "[Container]\n# Image=\n";
    if (!has_name) {
      content.warnings.emplace_back(
          "the line Image= is left out: the profile's image has a name that no image has");
    }
    for (const std::string& name : content.change.dropped()) {
      line("DropCapability", name == "ALL" ? "all" : "CAP_" + name);
    }
    for (const std::string& name : content.change.added()) {
      line("AddCapability", "CAP_" + name);
    }
    for (const ClientOption& option : client_options(Client::kPodman, content)) {
      place(option);
    }
    for (const Setting& setting : content.settings) {
      if (setting.kind == SettingKind::kCommand) place_command(setting);
    }
  }

  const std::string& text() const { return text_; }

 private:
  void line(const std::string& key, const std::string& value) {
    text_.append(key).append("=").append(value).append("\n");
  }

  void place(const ClientOption& option) {
    if (option.name == "--read-only") return line("ReadOnly", "yes");
    if (option.name == "--init") return line("RunInit", "yes");
    if (option.name == "--user" && place_user(option.value)) return;
    if (option.name == "--security-opt" && place_security(option.value)) return;
    if (is_plain_in_unit(option.value)) {
      if (option.name == "--publish") return line("PublishPort", option.value);
      if (option.name == "--volume") return line("Volume", option.value);
      if (option.name == "--device") return line("AddDevice", option.value);
      if (option.name == "--network") return line("Network", option.value);
    }
    const auto argument =
        unit_word(option.has_value ? option.name + '=' + option.value : option.name);
    if (argument) return line("PodmanArgs", *argument);
    content_.leave_out(option.name + ' ' + option.value, "a unit cannot hold such text");
  }

  /// User= and Group= take numbers.
  bool place_user(const std::string& value) {
    const UserSetting user = parse_user(value);
    if (!user.uid || (!user.gid && !user.group.empty())) return false;
    line("User", std::to_string(*user.uid));
    if (user.gid) line("Group", std::to_string(*user.gid));
    return true;
  }

  bool place_security(const std::string& value) {
    constexpr std::string_view kSeccomp = "seccomp=";
    if (value == "no-new-privileges") {
      line("NoNewPrivileges", "yes");
      return true;
    }
    if (!value.starts_with(kSeccomp) || !is_plain_in_unit(value)) return false;
    line("SeccompProfile", value.substr(kSeccomp.size()));
    return true;
  }

  void place_command(const Setting& setting) {
    std::string words;
    for (const std::string& each : setting.words) {
      const auto word = unit_word(each);
      if (!word) return content_.leave_out(setting.option, "a unit cannot hold such text");
      words += (words.empty() ? "" : " ") + *word;
    }
    line("Exec", words);
  }

  ExportContent& content_;
  std::string text_;
};

}  // namespace

std::string write_quadlet(ExportContent& content) {
  return ContainerFile(content).text();
}

}  // namespace capmin
