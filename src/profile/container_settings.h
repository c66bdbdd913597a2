#pragma once

#include "profile/profile.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace capmin {

/// What a setting of a container is about.
enum class SettingKind {
  kUser,             ///< USER[:GROUP]
  kGroup,            ///< a further group
  kReadOnly,         ///< the root file system cannot be written to
  kNoNewPrivileges,  ///< no_new_privs of prctl(2)
  kSeccomp,          ///< "unconfined", "builtin" or a file of the host
  kAppArmor,         ///< "unconfined" or a profile's name
  kSecurity,         ///< another --security-opt, as it was given
  kSysctl,           ///< NAME=VALUE
  kTmpfs,            ///< TARGET[:OPTIONS]
  kVolume,           ///< [SOURCE:]TARGET[:OPTIONS]
  kEntrypoint,       ///< a program in place of the image's entrypoint; may be empty
  kCommand,          ///< the words of the setting
  kDirectory,        ///< the working directory
  kNetwork,          ///< host, none, container:NAME or a network's name
  kPort,             ///< [[ADDRESS:]HOST:]CONTAINER[/PROTOCOL]
  kUlimit,           ///< NAME=SOFT[:HARD]
  kSharedMemory,     ///< size of /dev/shm
  kMemory,           ///< limit of the memory
  kProcesses,        ///< limit of the number of processes
  kHostname,
  kHost,          ///< NAME:ADDRESS, a line of /etc/hosts
  kDevice,        ///< SOURCE[:TARGET[:PERMISSIONS]]
  kPlatform,      ///< OS/ARCHITECTURE[/VARIANT]
  kInit,          ///< the engine's own program as process 1
  kVariable,      ///< the name of a variable
  kVariableFile,  ///< a file of variables
  kEngine,        ///< an option of the engine that capmin does not know
};

/// A setting with which every container of the proof ran.
struct Setting {
  SettingKind kind{};
  std::string option;              ///< as it was given, for people: "--tmpfs /run"
  std::string value;               ///< as SettingKind says; empty where there is none
  std::vector<std::string> words;  ///< of kCommand
  bool implied = false;            ///< podman's own doing: the tmpfs of a read-only root

  friend bool operator==(const Setting&, const Setting&) = default;
};

/// Everything besides capabilities that the profile records of how the containers ran and that was
/// the user's choice, in the order of the options; command and network come last. Of options that
/// count once the last one is meant. What belongs to the image, such as its own user, and the
/// engine's default network are no settings.
std::vector<Setting> container_settings(const Profile& profile);

/// True where `settings` hold one of `kind`.
bool has_setting(const std::vector<Setting>& settings, SettingKind kind);

/// A user as engines take it, USER[:GROUP]; names may be numbers.
struct UserSetting {
  std::string user;   ///< empty is root
  std::string group;  ///< empty: the group that the image's /etc/passwd has for the user, else 0
  std::optional<std::uint32_t> uid;  ///< where `user` is a number, or root
  std::optional<std::uint32_t> gid;  ///< where `group` is a number
};
UserSetting parse_user(std::string_view text);

/// A tmpfs or a volume.
struct MountSetting {
  std::string source;  ///< empty for a tmpfs and an anonymous volume; else a path or a name
  std::string target;
  std::vector<std::string> options;

  /// True for a directory or file of the host.
  bool is_host_path() const { return source.starts_with('/') || source.starts_with('.'); }
  bool has_option(std::string_view option) const;
};
MountSetting parse_tmpfs(std::string_view text);
MountSetting parse_volume_setting(std::string_view text);

/// A published port; nothing where `text` names a range or no number.
struct PortSetting {
  std::string address;      ///< of the host; empty for all
  std::optional<int> host;  ///< nothing: any free one
  int container = 0;        ///< 1 to 65535
  std::string protocol;     ///< tcp, udp or sctp
};
std::optional<PortSetting> parse_port(std::string_view text);

/// A limit of setrlimit(2); -1 is unlimited. Nothing where `text` is not NAME=SOFT[:HARD].
struct UlimitSetting {
  std::string name;  ///< lower case: nofile
  std::int64_t soft = 0;
  std::int64_t hard = 0;
};
std::optional<UlimitSetting> parse_ulimit(std::string_view text);

/// A device of the host, its place in the container and what may be done with it.
struct DeviceSetting {
  std::string source;
  std::string target;
  std::string permissions;  ///< of r, w and m
};
DeviceSetting parse_device(std::string_view text);

/// Bytes as engines take them: a number with b, k, m, g or t, which count by 1024; nothing where
/// `text` is something else.
std::optional<std::uint64_t> parse_bytes(std::string_view text);

/// Whose system call filter the containers ran behind.
enum class SeccompFilter {
  kEngine,  ///< the engine's default one
  kOther,   ///< a file of the user's
  kNone,
};
SeccompFilter seccomp_filter(const Profile& profile);

}  // namespace capmin
