#pragma once

#include "core/capability_set.h"
#include "engine/volume.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace capmin {

/// An option of the engine's create command, spelled as the engine spells it.
struct EngineOption {
  std::string name;                  ///< with its dashes
  std::optional<std::string> value;  ///< of its own argument, where it has one
  friend bool operator==(const EngineOption&, const EngineOption&) = default;
};

/// Which values of the network namespace's port and ping settings a trial runs under.
enum class Ports {
  kPortable,  ///< privileged ports below 1024 and no ping for anybody, as on a plain kernel
  kEngine,    ///< the engine's own
};

/// How the image is run, the same in all trials of a run but for the grant.
struct ContainerSpec {
  std::string image;  ///< id
  std::vector<std::string> command;
  std::vector<EngineOption> options;
  std::vector<Volume> volumes;
  bool keep_volumes = false;  ///< named volumes are used as they are, not replaced for each trial
  std::string network;        ///< as --network has it; empty is the engine's default
  Ports ports = Ports::kPortable;
  bool limits_processes = false;  ///< to 4096, unless an option says otherwise
  friend bool operator==(const ContainerSpec&, const ContainerSpec&) = default;
};

/// Whose container it is, and what it may do.
struct TrialIdentity {
  std::string name;  ///< of the container, unique on the engine
  std::vector<std::pair<std::string, std::string>> labels;
  CapabilitySet grant;
};

}  // namespace capmin
