#include "profile/container_settings.h"

#include "text/words.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace capmin {
namespace {

using Kind = SettingKind;

struct Row {
  std::string_view option;
  Kind kind;
  bool once = false;  ///< the last one counts
};

constexpr std::array<Row, 17> kOptions{{
    {"--user", Kind::kUser, true},
    {"--sysctl", Kind::kSysctl},
    {"--tmpfs", Kind::kTmpfs},
    {"--volume", Kind::kVolume},
    {"--entrypoint", Kind::kEntrypoint, true},
    {"--workdir", Kind::kDirectory, true},
    {"--publish", Kind::kPort},
    {"--ulimit", Kind::kUlimit},
    {"--shm-size", Kind::kSharedMemory, true},
    {"--memory", Kind::kMemory, true},
    {"--pids-limit", Kind::kProcesses, true},
    {"--hostname", Kind::kHostname, true},
    {"--add-host", Kind::kHost},
    {"--device", Kind::kDevice},
    {"--platform", Kind::kPlatform, true},
    {"--env", Kind::kVariable},
    {"--env-file", Kind::kVariableFile},
}};

/// An option of the engine's own that is known here all the same.
constexpr std::string_view kGroupAdd = "--group-add=";

Setting security_setting(const std::string& option, const std::string& value) {
  const std::size_t end = value.find_first_of("=:");
  const std::string name = value.substr(0, end);
  const std::string rest = end == std::string::npos ? std::string() : value.substr(end + 1);
  if (name == "no-new-privileges" && (end == std::string::npos || rest == "true")) {
    return {.kind = Kind::kNoNewPrivileges, .option = option, .value = {}, .words = {}};
  }
  if (name == "seccomp") {
    return {.kind = Kind::kSeccomp, .option = option, .value = rest, .words = {}};
  }
  if (name == "apparmor") {
    return {.kind = Kind::kAppArmor, .option = option, .value = rest, .words = {}};
  }
  return {.kind = Kind::kSecurity, .option = option, .value = value, .words = {}};
}

/// The setting behind an option as profiles record it: "--NAME VALUE", or an argument of the
/// engine's own.
Setting setting_of(const std::string& option) {
  const std::size_t blank = option.find(' ');
  const std::string name = option.substr(0, blank);
  if (option == "--read-only") {
    return {.kind = Kind::kReadOnly, .option = option, .value = {}, .words = {}};
  }
  if (option == "--init") {
    return {.kind = Kind::kInit, .option = option, .value = {}, .words = {}};
  }
  if (option.starts_with(kGroupAdd)) {
    return {.kind = Kind::kGroup,
            .option = option,
            .value = option.substr(kGroupAdd.size()),
            .words = {}};
  }
  if (blank == std::string::npos || name.find('=') != std::string::npos) {
    return {.kind = Kind::kEngine, .option = option, .value = {}, .words = {}};
  }
  const std::string value = option.substr(blank + 1);
  if (name == "--security-opt") return security_setting(option, value);
  const auto* const row = std::ranges::find(kOptions, name, &Row::option);
  if (row == kOptions.end()) {
    return {.kind = Kind::kEngine, .option = option, .value = {}, .words = {}};
  }
  return {.kind = row->kind, .option = option, .value = value, .words = {}};
}

bool counts_once(Kind kind) {
  const auto* const row = std::ranges::find(kOptions, kind, &Row::kind);
  if (row != kOptions.end()) return row->once;
  return kind == Kind::kReadOnly || kind == Kind::kInit || kind == Kind::kNoNewPrivileges ||
         kind == Kind::kSeccomp || kind == Kind::kAppArmor;
}

/// podman-run(1), --read-only-tmpfs: on by default; /dev/shm is there without it, too.
constexpr std::array<std::string_view, 3> kPodmanTmpfs{"/run", "/tmp", "/var/tmp"};
constexpr std::string_view kNoPodmanTmpfs = "--read-only-tmpfs=false";

void add_podman_tmpfs(std::vector<Setting>& settings) {
  for (const std::string_view target : kPodmanTmpfs) {
    const bool is_mounted = std::ranges::any_of(settings, [target](const Setting& setting) {
      return (setting.kind == Kind::kTmpfs && parse_tmpfs(setting.value).target == target) ||
             (setting.kind == Kind::kVolume &&
              parse_volume_setting(setting.value).target == target);
    });
    if (is_mounted) continue;
    settings.push_back({.kind = Kind::kTmpfs,
                        .option = "podman's tmpfs at " + std::string(target),
                        .value = std::string(target),
                        .words = {},
                        .implied = true});
  }
}

/// The network of a container for which none was named.
bool is_default_network(const Profile::Environment& environment) {
  const std::string& network = environment.network;
  return network.empty() || network == "bridge" ||
         (environment.engine == Dialect::kPodman &&
          (network == "podman" || network == "slirp4netns" || network == "pasta"));
}

/// The parts between separators; a separator at the end begins no further one.
std::vector<std::string> fields(std::string_view text, char separator) {
  std::vector<std::string> parts = split(text, separator);
  if (parts.back().empty()) parts.pop_back();
  return parts;
}

template <typename Number>
std::optional<Number> whole(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

/// Kernel and Kubernetes take ids up to 2^31 - 1 alike.
std::optional<std::uint32_t> id_of(std::string_view text) {
  const std::optional<std::int32_t> number = whole<std::int32_t>(text);
  if (!number || *number < 0) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

}  // namespace

std::vector<Setting> container_settings(const Profile& profile) {
  const Profile::Environment& environment = profile.environment;
  std::vector<Setting> settings;
  bool adds_tmpfs = environment.engine == Dialect::kPodman;
  for (const std::string& option : environment.options) {
    // How capmin treats volumes between trials is nothing that a container has.
    if (option == "--keep-volumes") continue;
    if (environment.engine == Dialect::kPodman && option == kNoPodmanTmpfs) {
      adds_tmpfs = false;
      continue;
    }
    Setting setting = setting_of(option);
    // The last word on it counts, also where it takes the first one back.
    const bool allows_privileges =
        setting.kind == Kind::kSecurity && setting.value.starts_with("no-new-privileges");
    std::erase_if(settings, [&](const Setting& other) {
      return other == setting || (other.kind == setting.kind && counts_once(setting.kind)) ||
             (allows_privileges && other.kind == Kind::kNoNewPrivileges);
    });
    settings.push_back(std::move(setting));
  }
  if (adds_tmpfs && has_setting(settings, Kind::kReadOnly)) add_podman_tmpfs(settings);
  if (!is_default_network(environment)) {
    settings.push_back({.kind = Kind::kNetwork,
                        .option = "--network " + environment.network,
                        .value = environment.network,
                        .words = {}});
  }
  if (!environment.command.empty()) {
    std::string words;
    for (const std::string& word : environment.command) {
      words += (words.empty() ? "" : " ") + word;
    }
    settings.push_back({.kind = Kind::kCommand,
                        .option = "the command " + words,
                        .value = {},
                        .words = environment.command});
  }
  return settings;
}

bool has_setting(const std::vector<Setting>& settings, SettingKind kind) {
  return std::ranges::find(settings, kind, &Setting::kind) != settings.end();
}

UserSetting parse_user(std::string_view text) {
  auto [user, group] = split_at(text, ':');
  UserSetting result{.user = std::move(user), .group = std::move(group), .uid = {}, .gid = {}};
  const bool is_named_root = result.user.empty() || result.user == "root";
  result.uid = is_named_root ? std::optional<std::uint32_t>(0) : id_of(result.user);
  result.gid = result.group == "root" ? std::optional<std::uint32_t>(0) : id_of(result.group);
  return result;
}

bool MountSetting::has_option(std::string_view option) const {
  return std::ranges::find(options, option) != options.end();
}

MountSetting parse_tmpfs(std::string_view text) {
  auto [target, options] = split_at(text, ':');
  return {.source = {}, .target = std::move(target), .options = fields(options, ',')};
}

MountSetting parse_volume_setting(std::string_view text) {
  const std::vector<std::string> parts = fields(text, ':');
  if (parts.empty()) return {};
  if (parts.size() == 1) return {.source = {}, .target = parts[0], .options = {}};
  return {.source = parts[0],
          .target = parts[1],
          .options = parts.size() > 2 ? fields(parts[2], ',') : std::vector<std::string>{}};
}

std::optional<PortSetting> parse_port(std::string_view text) {
  PortSetting port;
  port.protocol = "tcp";
  if (const std::size_t slash = text.rfind('/'); slash != std::string_view::npos) {
    port.protocol = text.substr(slash + 1);
    text = text.substr(0, slash);
  }
  const auto number = [](std::string_view part) -> std::optional<int> {
    const std::optional<int> value = whole<int>(part);
    return value && *value > 0 && *value < 65536 ? value : std::nullopt;
  };
  const std::size_t before_container = text.rfind(':');
  const std::optional<int> container =
      number(before_container == std::string_view::npos ? text : text.substr(before_container + 1));
  if (!container || (port.protocol != "tcp" && port.protocol != "udp" && port.protocol != "sctp")) {
    return std::nullopt;
  }
  port.container = *container;
  if (before_container == std::string_view::npos) return port;
  const std::string_view left = text.substr(0, before_container);
  const std::size_t before_host = left.rfind(':');
  const std::string_view host =
      before_host == std::string_view::npos ? left : left.substr(before_host + 1);
  if (before_host != std::string_view::npos) port.address = left.substr(0, before_host);
  if (host.empty()) return port;
  port.host = number(host);
  if (!port.host) return std::nullopt;
  return port;
}

std::optional<UlimitSetting> parse_ulimit(std::string_view text) {
  const auto [name, limits] = split_at(text, '=');
  const auto [soft, hard] = split_at(limits, ':');
  const std::optional<std::int64_t> low = whole<std::int64_t>(soft);
  const std::optional<std::int64_t> high = hard.empty() ? low : whole<std::int64_t>(hard);
  const bool is_name = !name.empty() && std::ranges::all_of(name, [](char letter) {
    return letter >= 'a' && letter <= 'z';
  });
  if (!is_name || !low || !high || *low < -1 || *high < -1) return std::nullopt;
  return UlimitSetting{.name = name, .soft = *low, .hard = *high};
}

DeviceSetting parse_device(std::string_view text) {
  const std::vector<std::string> parts = fields(text, ':');
  DeviceSetting device{.source = parts.empty() ? std::string() : parts[0],
                       .target = parts.empty() ? std::string() : parts[0],
                       .permissions = "rwm"};
  const auto is_place = [](const std::string& part) { return part.starts_with('/'); };
  if (parts.size() > 1 && is_place(parts[1])) device.target = parts[1];
  if (parts.size() > 1 && !is_place(parts.back())) device.permissions = parts.back();
  return device;
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  std::string unit;
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  for (const char letter : text.substr(digits)) {
    unit += static_cast<char>(letter | 0x20);
  }
  if (unit.size() > 1 && unit.ends_with('b')) unit.pop_back();
  if (unit.size() > 1 && unit.ends_with('i')) unit.pop_back();
  constexpr std::string_view kUnits = "bkmgt";
  const std::size_t power = unit.empty() ? 0 : kUnits.find(unit);
  const std::optional<std::uint64_t> count = whole<std::uint64_t>(text.substr(0, digits));
  if (!count || power == std::string_view::npos || unit.size() > 1) return std::nullopt;
  const std::uint64_t factor = std::uint64_t{1} << (10 * power);
  if (*count > std::numeric_limits<std::int64_t>::max() / factor) return std::nullopt;
  return *count * factor;
}

SeccompFilter seccomp_filter(const Profile& profile) {
  for (const Setting& setting : container_settings(profile)) {
    if (setting.kind != Kind::kSeccomp || setting.value == "builtin") continue;
    return setting.value == "unconfined" ? SeccompFilter::kNone : SeccompFilter::kOther;
  }
  const Profile::Environment& environment = profile.environment;
  if (environment.seccomp == "off" || environment.seccomp == "unconfined") {
    return SeccompFilter::kNone;
  }
  // Podman names the file of its package; docker names a file only where the daemon was given one.
  const bool is_default = environment.engine == Dialect::kPodman ||
                          environment.seccomp == "default" || environment.seccomp == "builtin";
  return is_default ? SeccompFilter::kEngine : SeccompFilter::kOther;
}

}  // namespace capmin
