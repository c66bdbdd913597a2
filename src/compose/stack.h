#pragma once

#include "core/capability.h"
#include "core/container_options.h"
#include "document/strict_yaml.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace capmin {

/// What a service waits for before it starts (Compose file reference, depends_on).
enum class DependencyState { kStarted, kHealthy, kCompleted };

/// Another service that must be up before a service is.
struct Dependency {
  std::string service;
  DependencyState state = DependencyState::kStarted;
  friend bool operator==(const Dependency&, const Dependency&) = default;
};

/// A service of a stack, as far as its trials depend on it.
struct StackService {
  std::string name;
  std::string image;      ///< empty where Compose names what it builds
  bool is_built = false;  ///< it has `build`
  /// By depends_on, links, volumes_from, and another service's namespaces.
  std::vector<Dependency> dependencies;
  bool is_awaited_to_end = false;    ///< another one waits for service_completed_successfully
  std::optional<YamlNode> settings;  ///< x-capmin, a map
  /// Why no trial can tell what it needs: it is privileged, or has a namespace of the host's.
  std::string refusal;
};

/// The services of a Compose file, in the form in which Compose itself prints it.
struct Stack {
  std::string source;  ///< what printed it, for messages
  YamlNode document;
  /// Each one behind those it depends on; else in the order of the document. Without those of
  /// Compose profiles that are not asked for.
  std::vector<StackService> services;

  /// Null where there is none of that name.
  const StackService* find(std::string_view service) const;
};

/// Reads what `compose config` printed; `profiles` are the Compose profiles that are asked for.
/// Throws Error kUsage for what is no Compose file with services, a service that depends on one
/// that is not there or, by others, on itself, and an x-capmin that is no map.
Stack read_stack(std::string_view printed, const std::string& source,
                 const std::vector<std::string>& profiles);

/// The services that must be up before `service` is, in the order of their start.
std::vector<std::string> companions_of(const Stack& stack, const std::string& service);

/// A file or directory of the host that `services` may write to, each once.
std::vector<std::string> writable_paths(const Stack& stack,
                                        const std::vector<std::string>& services);

/// What projects with `services` share outside of themselves, each in words: such projects cannot
/// be up at the same time. `keeps_volumes`: external volumes and writable directories are used as
/// they are.
std::vector<std::string> shared_things(const Stack& stack, const std::vector<std::string>& services,
                                       bool keeps_volumes);

/// External volumes that `services` use, by their names in the file; each is replaced by a fresh
/// one unless volumes are kept.
std::vector<std::string> external_volumes(const Stack& stack,
                                          const std::vector<std::string>& services);

/// The networks of `service` by their names in the file; "default" where it names none.
std::vector<std::string> networks_of(const Stack& stack, const std::string& service);

/// What becomes of one service that is on trial.
struct ServiceGrant {
  CapabilitySet grant;
  std::vector<std::pair<std::string, std::string>> labels;   ///< beside those of the project
  std::vector<std::pair<std::string, std::string>> sysctls;  ///< which it does not set itself
  std::vector<std::string> mounts;                           ///< "SOURCE:TARGET:ro", beside its own
  bool without_healthcheck = false;
};

/// A project for a trial.
struct StackProject {
  std::vector<std::string> services;                        ///< that it has
  std::map<std::string, ServiceGrant> on_trial;             ///< by service
  std::vector<std::pair<std::string, std::string>> labels;  ///< on everything
  std::map<std::string, std::string> images;  ///< of services whose image the file does not name
  std::map<std::string, std::string> copies;  ///< in place of files and directories of the host
  bool keeps_volumes = false;                 ///< external volumes are used as they are
  /// Nobody waits for another one: containers are created alone, and none is started.
  bool without_order = false;
};

/// The Compose file of `project`: that of `stack` with these changes and no others. Of those on
/// trial: capabilities, labels, sysctls, mounts, no restart, one container. Of all: host ports are
/// free ones, no container_name, copies in place of what is written to, volumes and networks of its
/// own, labels. Services that are not in it are left out.
std::string project_file(const Stack& stack, const StackProject& project);

/// The Compose file of `stack` with these sets: each service named drops all capabilities and adds
/// its set.
std::string file_with_sets(const Stack& stack, const std::map<std::string, CapabilitySet>& sets);

/// Whether `edited` says what `stack` does, but for the capabilities of the services of `sets`,
/// which are those. In which order lists name them does not count.
bool differs_in_sets_alone(const Stack& stack, const Stack& edited,
                           const std::map<std::string, CapabilitySet>& sets);

/// A name as a variable of the environment has it: "my-db" is MY_DB.
std::string variable_name(std::string_view name);

}  // namespace capmin
