#include "document/document.h"
#include "export/writers.h"
#include "profile/platform.h"
#include "text/words.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace capmin {
namespace {

DocumentNode word(const std::string& text) {
  return {Word{text}};
}

/// A word of a command: Kubernetes replaces $(NAME) in it, and "$$" is a dollar.
std::string command_word(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    result += text[i];
    const bool means_more =
        text[i] == '$' && i + 1 < text.size() && (text[i + 1] == '$' || text[i + 1] == '(');
    if (means_more) result += '$';
  }
  return result;
}

/// Bytes as a quantity, in the largest unit that divides them.
std::string quantity(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> kUnits{"", "Ki", "Mi", "Gi", "Ti"};
  std::size_t unit = 0;
  while (bytes > 0 && bytes % 1024 == 0 && unit + 1 < kUnits.size()) {
    bytes /= 1024;
    ++unit;
  }
  return std::to_string(bytes) + kUnits.at(unit);
}

/// A label of RFC 1123, as a Pod's host name must be.
bool is_label(const std::string& text) {
  return !text.empty() && text.size() <= 63 && !text.starts_with('-') && !text.ends_with('-') &&
         std::ranges::all_of(text, [](char letter) {
           return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
                  letter == '-';
         });
}

/// A Pod with one container, by the reference of the Kubernetes API, core/v1.
class Pod {
 public:
  explicit Pod(ExportContent& content) : content_(content) {
    if (may_forbid_privilege_escalation(content)) {
      security_.set("allowPrivilegeEscalation", {false});
    }
    place_user();
    place_seccomp();
    for (const Setting& setting : content.settings) {
      place(setting);
    }
    place_capabilities();
  }

  DocumentMap document() const;

 private:
  void place(const Setting& setting);
  void place_user();
  void place_seccomp();
  void place_label(const Setting& setting);
  void place_tmpfs(const Setting& setting);
  void place_volume(const Setting& setting);
  void place_port(const Setting& setting);
  void place_host(const Setting& setting);
  void place_network(const Setting& setting);
  void place_platform(const Setting& setting);
  void place_capabilities();
  void mount(const std::string& name, const std::string& target, bool read_only, DocumentMap what);
  void mount_memory(const std::string& name, const std::string& target, const Setting& setting,
                    const std::string& size);

  ExportContent& content_;
  DocumentMap security_;      ///< securityContext of the container
  DocumentMap pod_security_;  ///< and of the Pod
  DocumentMap pod_;           ///< fields of the Pod's spec
  DocumentMap container_;     ///< fields of the container
  DocumentList mounts_;
  DocumentList volumes_;
};

void Pod::place(const Setting& setting) {
  switch (setting.kind) {
    case SettingKind::kUser:
    case SettingKind::kSeccomp:
      return;  // place_user and place_seccomp look at the image and the engine as well
    case SettingKind::kNoNewPrivileges:
      if (!may_forbid_privilege_escalation(content_)) {
        content_.leave_out(setting.option, "Kubernetes does not take it together with SYS_ADMIN");
      }
      return;
    case SettingKind::kGroup: {
      const UserSetting group = parse_user(setting.value);
      if (!group.uid) {
        return content_.leave_out(setting.option, "supplementalGroups takes a number");
      }
      pod_security_.list("supplementalGroups", Layout::kFlow)
          .items.push_back(number_node(*group.uid));
      return;
    }
    case SettingKind::kReadOnly:
      return security_.set("readOnlyRootFilesystem", {true});
    case SettingKind::kAppArmor: {
      DocumentMap& profile = security_.map("appArmorProfile");
      if (setting.value == "unconfined") return profile.set("type", word("Unconfined"));
      profile.set("type", word("Localhost"));
      return profile.set("localhostProfile", {setting.value});
    }
    case SettingKind::kSecurity:
      return place_label(setting);
    case SettingKind::kSysctl: {
      const auto [name, value] = split_at(setting.value, '=');
      DocumentMap sysctl;
      sysctl.set("name", {name});
      sysctl.set("value", {value});
      pod_security_.list("sysctls").items.push_back({std::move(sysctl)});
      if (!is_safe_sysctl(name)) {
        content_.warnings.push_back("the sysctl " + name +
                                    " is none of the safe ones: the kubelet must allow it with "
                                    "--allowed-unsafe-sysctls");
      }
      return;
    }
    case SettingKind::kTmpfs:
      return place_tmpfs(setting);
    case SettingKind::kVolume:
      return place_volume(setting);
    case SettingKind::kEntrypoint:
      if (setting.value.empty()) {
        return content_.leave_out("--entrypoint \"\"",
                                  "a Pod cannot do without the image's entrypoint; write the "
                                  "program into command");
      }
      return container_.set("command", text_list({command_word(setting.value)}, Layout::kFlow));
    case SettingKind::kCommand: {
      std::vector<std::string> words;
      std::ranges::transform(setting.words, std::back_inserter(words), command_word);
      return container_.set("args", text_list(words, Layout::kFlow));
    }
    case SettingKind::kDirectory:
      return container_.set("workingDir", {setting.value});
    case SettingKind::kNetwork:
      return place_network(setting);
    case SettingKind::kPort:
      return place_port(setting);
    case SettingKind::kUlimit:
      return content_.leave_out(setting.option, "a Pod has no limits of this kind");
    case SettingKind::kSharedMemory:
      return mount_memory("shm", "/dev/shm", setting, setting.value);
    case SettingKind::kMemory:
      if (const auto bytes = parse_bytes(setting.value)) {
        container_.map("resources").map("limits").set("memory", word(quantity(*bytes)));
        return;
      }
      return content_.leave_out(setting.option, "it is no number of bytes");
    case SettingKind::kProcesses:
      return content_.leave_out(setting.option, "the kubelet's podPidsLimit is for all Pods");
    case SettingKind::kHostname:
      if (!is_label(setting.value)) {
        return content_.leave_out(setting.option, "a Pod's hostname is a label of RFC 1123");
      }
      return pod_.set("hostname", {setting.value});
    case SettingKind::kHost:
      return place_host(setting);
    case SettingKind::kDevice:
      return content_.leave_out(setting.option, "Pods get devices from a device plugin");
    case SettingKind::kPlatform:
      return place_platform(setting);
    case SettingKind::kInit:
      return content_.leave_out(setting.option, "a Pod has no init program");
    case SettingKind::kVariable:
      return content_.leave_out(setting.option,
                                "its value is in no profile; give it under env, by value or by "
                                "secretKeyRef");
    case SettingKind::kVariableFile:
      return content_.leave_out(setting.option, "make a ConfigMap or Secret of it, for envFrom");
    case SettingKind::kEngine:
      if (setting.option == "--tty") return container_.set("tty", {true});
      if (setting.option == "--interactive") return container_.set("stdin", {true});
      return content_.leave_out(setting.option, "an option of the engine's own");
  }
}

void Pod::place_user() {
  const UserSetting user = parse_user(content_.profile.image.user);
  const bool is_chosen = has_setting(content_.settings, SettingKind::kUser);
  const std::string option = "--user " + content_.profile.image.user;
  if (!user.uid) {
    // The image's own user comes with the image.
    if (is_chosen) content_.leave_out(option, "runAsUser takes a number");
    return;
  }
  if (*user.uid != 0) security_.set("runAsNonRoot", {true});
  if (*user.uid == 0 && !is_chosen) return;
  security_.set("runAsUser", number_node(*user.uid));
  if (user.gid) {
    security_.set("runAsGroup", number_node(*user.gid));
  } else if (!user.group.empty()) {
    content_.leave_out("the group of " + option, "runAsGroup takes a number");
  }
}

void Pod::place_seccomp() {
  switch (seccomp_filter(content_.profile)) {
    case SeccompFilter::kEngine:
      return security_.map("seccompProfile").set("type", word("RuntimeDefault"));
    case SeccompFilter::kNone:
      return security_.map("seccompProfile").set("type", word("Unconfined"));
    case SeccompFilter::kOther:
      break;
  }
  const auto chosen = std::ranges::find(content_.settings, SettingKind::kSeccomp, &Setting::kind);
  content_.leave_out(
      chosen == content_.settings.end() ? "seccomp " + content_.profile.environment.seccomp
                                        : chosen->option,
      "put the file below the kubelet's seccomp directory, and its name in localhostProfile of a "
      "seccompProfile of type Localhost");
}

void Pod::place_label(const Setting& setting) {
  constexpr std::string_view kLabel = "label";
  const bool is_label_option =
      setting.value.starts_with(kLabel) && setting.value.size() > kLabel.size();
  const auto [key, value] = split_at(
      is_label_option ? std::string_view(setting.value).substr(kLabel.size() + 1) : "", ':');
  if ((key == "type" || key == "user" || key == "role" || key == "level") && !value.empty()) {
    return security_.map("seLinuxOptions").set(key, {value});
  }
  content_.leave_out(setting.option, "a Pod has no word for it");
}

void Pod::mount(const std::string& name, const std::string& target, bool read_only,
                DocumentMap what) {
  DocumentMap place;
  place.set("name", word(name));
  place.set("mountPath", {target});
  if (read_only) place.set("readOnly", {true});
  mounts_.items.push_back({std::move(place)});
  DocumentMap volume;
  volume.set("name", word(name));
  for (DocumentField& field : what.fields) {
    volume.fields.push_back(std::move(field));
  }
  volumes_.items.push_back({std::move(volume)});
}

void Pod::mount_memory(const std::string& name, const std::string& target, const Setting& setting,
                       const std::string& size) {
  DocumentMap what;
  DocumentMap& directory = what.map("emptyDir");
  directory.set("medium", word("Memory"));
  if (const auto bytes = parse_bytes(size)) {
    directory.set("sizeLimit", word(quantity(*bytes)));
  } else if (!size.empty()) {
    content_.leave_out("the size of " + setting.option, "sizeLimit takes bytes");
  }
  mount(name, target, false, std::move(what));
}

void Pod::place_tmpfs(const Setting& setting) {
  const MountSetting tmpfs = parse_tmpfs(setting.value);
  std::string size;
  std::string others;
  for (const std::string& option : tmpfs.options) {
    if (option.starts_with("size=")) {
      size = option.substr(5);
    } else if (option != "rw") {
      others += (others.empty() ? "" : ",") + option;
    }
  }
  if (!others.empty()) {
    content_.leave_out(others + " of " + setting.option,
                       "an emptyDir belongs to root and has mode 0777");
  }
  mount_memory("tmpfs-" + std::to_string(volumes_.items.size() + 1), tmpfs.target, setting, size);
}

void Pod::place_volume(const Setting& setting) {
  const MountSetting volume = parse_volume_setting(setting.value);
  const std::string name = "volume-" + std::to_string(volumes_.items.size() + 1);
  std::string others;
  for (const std::string& option : volume.options) {
    if (option != "ro" && option != "rw") others += (others.empty() ? "" : ",") + option;
  }
  if (!others.empty()) {
    content_.leave_out(others + " of " + setting.option, "a volume of a Pod has no word for it");
  }
  DocumentMap what;
  if (volume.is_host_path()) {
    what.map("hostPath").set("path", {volume.source});
  } else {
    what.map("emptyDir");
    content_.warnings.push_back(
        setting.option +
        " is an emptyDir here: it begins empty, where the engine's volume begins "
        "with the image's files and their owner, and it ends with the Pod");
  }
  mount(name, volume.target, volume.has_option("ro"), std::move(what));
}

void Pod::place_port(const Setting& setting) {
  const auto port = parse_port(setting.value);
  if (!port) return content_.leave_out(setting.option, "containerPort takes one number");
  DocumentMap entry;
  entry.set("containerPort", number_node(port->container));
  if (port->protocol != "tcp") {
    entry.set("protocol", word(port->protocol == "udp" ? "UDP" : "SCTP"));
  }
  container_.list("ports").items.push_back({std::move(entry)});
  if (port->host) {
    content_.notes.push_back(setting.option + ": the host's port is left to a Service");
  }
}

void Pod::place_host(const Setting& setting) {
  const auto [name, address] = split_at(setting.value, ':');
  if (address.empty() || address == "host-gateway") {
    return content_.leave_out(setting.option, "hostAliases takes an address");
  }
  DocumentMap alias;
  alias.set("ip", {address});
  alias.set("hostnames", text_list({name}, Layout::kFlow));
  pod_.list("hostAliases").items.push_back({std::move(alias)});
}

void Pod::place_network(const Setting& setting) {
  if (setting.value == "host") return pod_.set("hostNetwork", {true});
  content_.leave_out(setting.option, "a Pod has its cluster's network; a NetworkPolicy limits it");
}

void Pod::place_platform(const Setting& setting) {
  const auto [system, rest] = split_at(setting.value, '/');
  const auto [architecture, variant] = split_at(rest, '/');
  DocumentMap& selector = pod_.map("nodeSelector");
  selector.set("kubernetes.io/os", {system});
  if (!architecture.empty()) selector.set("kubernetes.io/arch", {architecture});
  if (!variant.empty()) {
    content_.leave_out("the variant of " + setting.option, "nodes have no label for it");
  }
}

void Pod::place_capabilities() {
  DocumentMap& capabilities = security_.map("capabilities");
  const std::vector<std::string> dropped = content_.change.dropped();
  const std::vector<std::string> added = content_.change.added();
  if (!dropped.empty()) capabilities.set("drop", text_list(dropped, Layout::kFlow));
  if (!added.empty()) capabilities.set("add", text_list(added, Layout::kFlow));
}

DocumentMap Pod::document() const {
  DocumentMap container;
  container.set("name", {content_.name});
  container.set("image", {content_.profile.image.reference});
  for (const DocumentField& field : container_.fields) {
    container.fields.push_back(field);
  }
  container.set("securityContext", {security_});
  if (!mounts_.items.empty()) container.set("volumeMounts", {mounts_});
  DocumentMap spec = pod_;
  if (!pod_security_.fields.empty()) spec.set("securityContext", {pod_security_});
  spec.list("containers").items.push_back({std::move(container)});
  if (!volumes_.items.empty()) spec.set("volumes", {volumes_});
  DocumentMap metadata;
  metadata.set("name", {content_.name});
  DocumentMap pod;
  pod.set("apiVersion", word("v1"));
  pod.set("kind", word("Pod"));
  pod.set("metadata", {std::move(metadata)});
  pod.set("spec", {std::move(spec)});
  return pod;
}

void add_level_remark(ExportContent& content) {
  PodSecurityStanding standing = pod_security_of(content.profile, content.change.add);
  if (standing.level == PodSecurity::kPrivileged) {
    std::string refused;
    for (const std::string& each : standing.refused) {
      refused += (refused.empty() ? "" : ", ") + each;
    }
    content.warnings.push_back("Pod Security \"baseline\" refuses " + refused +
                               ": the namespace must allow \"privileged\"");
    return;
  }
  if (!content.change.drops_all) standing.lacking.emplace_back("dropping ALL");
  const std::string lacks = restricted_lacks(standing);
  if (lacks.empty()) return;
  content.warnings.push_back("fits Pod Security \"baseline\" but not \"restricted\", which " +
                             lacks);
}

}  // namespace

bool may_forbid_privilege_escalation(const ExportContent& content) {
  return has_setting(content.settings, SettingKind::kNoNewPrivileges) &&
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

std::string write_kubernetes(ExportContent& content) {
  return emit_yaml(Pod(content).document());
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
