#pragma once

#include "compose/project.h"
#include "engine/choice.h"
#include "engine/created_container.h"
#include "engine/engine_guardian.h"
#include "options/compose_options.h"

#include <filesystem>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace capmin {

/// A service whose search can begin.
struct ServicePlan {
  std::string service;
  RunOptions options;
  std::vector<std::string> notes;  ///< what trials have otherwise than the file says, sanitized
};

/// Why a service has no plan, for a person.
struct ServiceLeftAlone {
  std::string service;
  std::string reason;
  bool is_refused = false;  ///< trials of it cannot be; else it has no probe
};

/// A stack that is open for trials: its file read by Compose, its engine known and guarded.
class StackSession {
 public:
  /// Throws Error as choose_engine(), ComposeTool and read_stack() do, and kUsage for a service
  /// that is asked for and is not there. `options` must live as long.
  StackSession(const ComposeOptions& options, ProcessRunner& runner, const std::stop_token& stop);
  StackSession(const StackSession&) = delete;
  StackSession& operator=(const StackSession&) = delete;

  const Stack& stack() const { return stack_; }
  const StackBench& bench() const { return bench_; }
  const ComposeTool& compose() const { return compose_; }
  /// The profiles of Compose that are asked for.
  const std::vector<std::string>& profiles() const { return profiles_; }
  Engine& engine() { return engine_; }
  /// Why it is not docker that nobody asked for, as ChosenEngine::note.
  const std::string& note() const { return chosen_.note; }

  /// Builds what is to be built, and looks at containers that Compose makes of all services, which
  /// it removes. Throws Error kUsage where what a service writes to cannot be copied, and as
  /// ComposeTool and Project do.
  void look(const std::stop_token& stop);
  /// How the services that are asked for are to be searched, in their order, or why not; look() has
  /// been called. Throws Error kUsage for settings that are none.
  struct Plans {
    std::vector<ServicePlan> services;
    std::vector<ServiceLeftAlone> left_alone;
  };
  Plans plans() const;

 private:
  struct ProbeWords;
  void build(const std::stop_token& stop);
  std::string image_built_for(const std::string& service);
  std::optional<ProbeWords> probe_of(const StackService& service,
                                     const std::vector<std::string>& settings) const;
  ServicePlan plan_of(const StackService& service, const ProbeWords& probe,
                      const std::vector<std::string>& settings) const;

  const ComposeOptions& options_;
  ChosenEngine chosen_;
  Engine engine_;
  EngineGuardian guard_;
  ComposeTool compose_;
  std::string directory_;
  std::vector<std::string> profiles_;
  Stack stack_;
  StackBench bench_;
  std::map<std::string, CreatedContainer> created_;          ///< by service
  std::map<std::string, std::optional<ImageFacts>> images_;  ///< of created_
  std::string looked_at_;  ///< the name of the project of created_
};

}  // namespace capmin
