#include "document/document.h"
#include "export/writers.h"
#include "profile/platform.h"
#include "text/words.h"

#include <algorithm>

namespace capmin {
namespace {

std::vector<std::string> prefixed(std::vector<std::string> names) {
  for (std::string& name : names) {
    name.insert(0, "CAP_");
  }
  return names;
}

/// Podman's way for users other than root, where the set was proven that way.
bool is_ambient(const ExportContent& content) {
  return !is_root(content.profile.image.user) &&
         content.profile.environment.engine == Dialect::kPodman;
}

/// What config.json of the OCI runtime specification needs for the proof to hold.
class RuntimeConfig {
 public:
  explicit RuntimeConfig(ExportContent& content) : content_(content) {
    place_user();
    place_capabilities();
    if (seccomp_filter(content.profile) != SeccompFilter::kNone) {
      content.leave_out("the seccomp filter of the proof",
                        "a config.json without linux.seccomp has none");
    }
    for (const Setting& setting : content.settings) {
      place(setting);
    }
    place_program();
    if (!mounts_.items.empty()) {
      content.notes.emplace_back(
          "add what stands under mounts to the configuration's, do not replace them");
    }
  }

  std::string text() const {
    DocumentMap config;
    config.set("process", {process_});
    for (const DocumentField& field : config_.fields) {
      config.fields.push_back(field);
    }
    if (!mounts_.items.empty()) config.set("mounts", {mounts_});
    if (!linux_.fields.empty()) config.set("linux", {linux_});
    DocumentMap annotations;
    for (const ProvenanceFact& fact : provenance(content_)) {
      annotations.set("capmin." + fact.key, {fact.value});
    }
    config.set("annotations", {std::move(annotations)});
    return emit_json(config);
  }

 private:
  void place(const Setting& setting);
  void place_user();
  void place_capabilities();
  void place_program();
  void place_volume(const Setting& setting);
  void place_ulimit(const Setting& setting);
  void mount(const std::string& target, const std::string& type, const std::string& source,
             const std::vector<std::string>& options);

  ExportContent& content_;
  DocumentMap process_;
  DocumentMap config_;
  DocumentMap linux_;
  DocumentList mounts_;
};

void RuntimeConfig::place(const Setting& setting) {
  switch (setting.kind) {
    case SettingKind::kUser:
    case SettingKind::kSeccomp:
    case SettingKind::kEntrypoint:
    case SettingKind::kCommand:
      return;  // they have places of their own
    case SettingKind::kNoNewPrivileges:
      return process_.set("noNewPrivileges", {true});
    case SettingKind::kGroup: {
      const UserSetting group = parse_user(setting.value);
      if (!group.uid) return content_.leave_out(setting.option, "additionalGids takes numbers");
      process_.map("user").list("additionalGids").items.push_back(number_node(*group.uid));
      return;
    }
    case SettingKind::kReadOnly:
      return config_.map("root").set("readonly", {true});
    case SettingKind::kAppArmor:
      return process_.set("apparmorProfile", {setting.value});
    case SettingKind::kSysctl: {
      const auto [name, value] = split_at(setting.value, '=');
      return linux_.map("sysctl").set(name, {value});
    }
    case SettingKind::kTmpfs: {
      const MountSetting tmpfs = parse_tmpfs(setting.value);
      // What Docker and podman mount a tmpfs with, unless told otherwise.
      std::vector<std::string> options{"nosuid", "nodev", "noexec"};
      options.insert(options.end(), tmpfs.options.begin(), tmpfs.options.end());
      return mount(tmpfs.target, "tmpfs", "tmpfs", options);
    }
    case SettingKind::kSharedMemory:
      return mount("/dev/shm", "tmpfs", "shm",
                   {"nosuid", "noexec", "nodev", "mode=1777", "size=" + setting.value});
    case SettingKind::kVolume:
      return place_volume(setting);
    case SettingKind::kDirectory:
      return process_.set("cwd", {setting.value});
    case SettingKind::kUlimit:
      return place_ulimit(setting);
    case SettingKind::kMemory:
      if (const auto bytes = parse_bytes(setting.value)) {
        return linux_.map("resources")
            .map("memory")
            .set("limit", number_node(static_cast<std::int64_t>(*bytes)));
      }
      return content_.leave_out(setting.option, "it is no number of bytes");
    case SettingKind::kProcesses:
      if (const auto most = parse_bytes(setting.value)) {
        return linux_.map("resources")
            .map("pids")
            .set("limit", number_node(static_cast<std::int64_t>(*most)));
      }
      return content_.leave_out(setting.option, "pids.limit takes a number");
    case SettingKind::kHostname:
      return config_.set("hostname", {setting.value});
    case SettingKind::kNetwork:
      return content_.leave_out(setting.option,
                                "the network is that of linux.namespaces, whose rest is not here");
    case SettingKind::kPort:
      return content_.leave_out(setting.option, "a runtime publishes no ports");
    case SettingKind::kHost:
      return content_.leave_out(setting.option, "write it into etc/hosts of the root");
    case SettingKind::kDevice:
      return content_.leave_out(setting.option, "linux.devices takes the device's numbers");
    case SettingKind::kVariable:
      return content_.leave_out(setting.option,
                                "its value is in no profile; give it in process.env");
    case SettingKind::kVariableFile:
      return content_.leave_out(setting.option, "process.env takes variables only");
    case SettingKind::kSecurity:
    case SettingKind::kPlatform:
    case SettingKind::kInit:
    case SettingKind::kEngine:
      return content_.leave_out(setting.option, "a runtime has no word for it");
  }
}

void RuntimeConfig::place_user() {
  const std::string& text = content_.profile.image.user;
  const UserSetting user = parse_user(text);
  if (!user.uid) {
    return content_.leave_out("the user " + text, "process.user takes numbers");
  }
  DocumentMap& place = process_.map("user");
  place.set("uid", number_node(*user.uid));
  if (user.gid) {
    place.set("gid", number_node(*user.gid));
  } else if (*user.uid == 0 && user.group.empty()) {
    place.set("gid", number_node(0));
  } else {
    content_.leave_out("the group of the user " + text,
                       user.group.empty()
                           ? "the image's /etc/passwd has its number; without a gid it is 0"
                           : "process.user takes numbers");
  }
}

void RuntimeConfig::place_capabilities() {
  const std::vector<std::string> names = prefixed(content_.change.added());
  const bool ambient = is_ambient(content_);
  const bool effective = ambient || is_root(content_.profile.image.user);
  // Inheritable capabilities let a program with inheritable file capabilities gain them, which
  // engines granted by mistake (CVE-2022-24769); only ambient ones cannot be without.
  DocumentMap& sets = process_.map("capabilities");
  sets.set("bounding", text_list(names));
  sets.set("effective", text_list(effective ? names : std::vector<std::string>{}));
  sets.set("permitted", text_list(effective ? names : std::vector<std::string>{}));
  sets.set("inheritable", text_list(ambient ? names : std::vector<std::string>{}));
  sets.set("ambient", text_list(ambient ? names : std::vector<std::string>{}));
}

/// process.args is the whole of what is run: it can be told only where the entrypoint was chosen.
void RuntimeConfig::place_program() {
  std::vector<std::string> words;
  bool has_entrypoint = false;
  bool has_command = false;
  std::string options;
  for (const Setting& setting : content_.settings) {
    const bool is_entrypoint = setting.kind == SettingKind::kEntrypoint;
    if (!is_entrypoint && setting.kind != SettingKind::kCommand) continue;
    (is_entrypoint ? has_entrypoint : has_command) = true;
    options += (options.empty() ? "" : ", ") + setting.option;
    // An entrypoint stands before the command, wherever its option stood; container_settings puts
    // the command last.
    if (is_entrypoint && !setting.value.empty()) words.push_back(setting.value);
    words.insert(words.end(), setting.words.begin(), setting.words.end());
  }
  if (has_entrypoint && !words.empty()) {
    process_.set("args", text_list(words));
  } else if (has_entrypoint || has_command) {
    content_.leave_out(options, "process.args begins with the image's entrypoint");
  }
}

void RuntimeConfig::place_volume(const Setting& setting) {
  const MountSetting volume = parse_volume_setting(setting.value);
  if (!volume.is_host_path()) {
    return content_.leave_out(setting.option, "a runtime has no volumes; mount a directory");
  }
  std::vector<std::string> options{"rbind"};
  std::string others;
  for (const std::string& option : volume.options) {
    if (option == "ro" || option == "rw") {
      options.push_back(option);
    } else {
      others += (others.empty() ? "" : ",") + option;
    }
  }
  if (!others.empty()) {
    content_.leave_out(others + " of " + setting.option, "a word of the engine's");
  }
  mount(volume.target, "bind", volume.source, options);
}

void RuntimeConfig::place_ulimit(const Setting& setting) {
  const auto limit = parse_ulimit(setting.value);
  if (!limit || limit->soft < 0 || limit->hard < 0) {
    return content_.leave_out(setting.option, "rlimits take two numbers");
  }
  std::string name = limit->name;
  std::ranges::transform(name, name.begin(),
                         [](char letter) { return static_cast<char>(letter & ~0x20); });
  DocumentMap entry;
  entry.set("type", {"RLIMIT_" + name});
  entry.set("soft", number_node(limit->soft));
  entry.set("hard", number_node(limit->hard));
  process_.list("rlimits").items.push_back({std::move(entry)});
}

void RuntimeConfig::mount(const std::string& target, const std::string& type,
                          const std::string& source, const std::vector<std::string>& options) {
  DocumentMap place;
  place.set("destination", {target});
  place.set("type", {type});
  place.set("source", {source});
  place.set("options", text_list(options));
  mounts_.items.push_back({std::move(place)});
}

}  // namespace

std::string write_oci(ExportContent& content) {
  return RuntimeConfig(content).text();
}

void add_oci_remarks(ExportContent& content) {
  if (!content.needed.empty() && !is_root(content.profile.image.user) && !is_ambient(content)) {
    content.warnings.push_back(
        "the container's user " + content.profile.image.user +
        " does not hold the set: as with Docker it is in the bounding set only, for programs with "
        "file capabilities and setuid programs");
  }
  if (!has_setting(content.settings, SettingKind::kNoNewPrivileges)) {
    content.notes.emplace_back(
        "noNewPrivileges is left out: runc spec sets it, but the set was not proven that way");
  }
}

}  // namespace capmin
