#pragma once

#include "compose/compose_tool.h"
#include "compose/stack.h"
#include "engine/engine.h"
#include "engine/owned_directory.h"

#include <atomic>
#include <chrono>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace capmin {

/// What all projects of a stack are made with.
struct StackBench {
  const Stack& stack;
  const ComposeTool& compose;
  Engine& engine;
  ProcessRunner& runner;
  std::string directory;  ///< the project directory of the user's files
  std::string run;        ///< in the names of projects: capmin-RUN-...
  std::string owner;      ///< as TrialSetup::owner
  /// Of services whose image the file does not name.
  std::map<std::string, std::string> images = {};
  bool keeps_volumes = false;
  mutable std::atomic<int> last_project = 0;  ///< the number of the last project that was made
};

/// A service of a project that did not come up.
struct ServiceFault {
  std::string service;
  std::string what;  ///< "it ended with status 1", for a person
  std::string log;   ///< the last lines of its log, sanitized, with blanks between them
};

/// A container of a project.
struct ProjectContainer {
  std::string service;
  std::string id;
  std::string name;
  std::string image;  ///< id
};

/// A Compose project of capmin's own on the engine: its containers, networks, volumes and the
/// copies of the host's directories are removed at the end of this object's life.
class Project {
 public:
  /// Makes nothing on the engine yet but copies of what `services` may write to. Throws as
  /// DirectoryCopy does.
  Project(const StackBench& bench, std::vector<std::string> services);
  ~Project();
  Project(const Project&) = delete;
  Project& operator=(const Project&) = delete;

  /// "capmin-RUN-N".
  const std::string& name() const { return name_; }
  /// The files and directories of the host that it has copies of, and where these are.
  const std::map<std::string, std::string>& copies() const { return file_.copies; }
  /// Says which services are on trial from now on.
  void put_on_trial(std::map<std::string, ServiceGrant> on_trial);
  /// Brings `services` up as the file says, in order and condition; nothing where all went well,
  /// else what stands in the way. Throws Error kEngine where that is no service's fault.
  std::optional<ServiceFault> start(const std::vector<std::string>& services,
                                    const std::stop_token& stop);
  /// Waits until the dependencies of `service` are in the state that it asks for, as start().
  std::optional<ServiceFault> await_dependencies(const std::string& service,
                                                 const std::stop_token& stop);
  /// Takes note of the containers that run now.
  void note_running();
  /// What became of one of those since, for a person: it ended in error, was started again, or is
  /// gone; empty where nothing did. Throws Error kEngine.
  std::string loss() const;
  /// Creates the containers of `services`, one of each, and starts none. Throws Error kEngine.
  void create(const std::vector<std::string>& services, const std::stop_token& stop);
  /// Those that are there now. Throws Error kEngine.
  std::vector<ProjectContainer> containers() const;
  /// The only one of `service`. Throws Error kEngine where there is none.
  ProjectContainer container_of(const std::string& service) const;
  /// The address and the ports of each service that runs, as probes are told them:
  /// CAPMIN_IP_SERVICE, CAPMIN_PORT_SERVICE_PORT; and CAPMIN_PROJECT.
  ProgramVariables variables() const;

 private:
  struct Running {
    ProjectContainer container;
    std::optional<std::chrono::system_clock::time_point> since;
  };
  ProcessResult compose(const std::vector<std::string>& arguments,
                        const std::stop_token& stop) const;
  std::optional<ServiceFault> fault_of(const ProjectContainer& container) const;
  void remove() noexcept;

  const StackBench& bench_;
  std::string name_;
  OwnedDirectory home_;
  StackProject file_;
  std::list<DirectoryCopy> copies_;
  std::vector<Running> running_;
};

/// The address and the ports of one service, as probes are told them.
ProgramVariables service_variables(const std::string& service, const std::string& ip,
                                   const std::map<std::string, std::string>& ports);

}  // namespace capmin
