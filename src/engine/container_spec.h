#pragma once

#include "core/capability.h"
#include "core/container_options.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace capmin {

/// A --volume argument, taken apart as docker takes it: [SOURCE:]TARGET[:OPTIONS].
struct Volume {
  enum class Kind {
    kAnonymous,  ///< no source: the engine makes a fresh one for each container
    kNamed,      ///< a volume that the engine keeps
    kBind,       ///< a file or directory of the host
  };
  Kind kind = Kind::kAnonymous;
  std::string source;   ///< name or absolute path; empty when anonymous
  std::string target;   ///< absolute path inside the container
  std::string options;  ///< as given; may be empty
  bool read_only = false;

  friend bool operator==(const Volume&, const Volume&) = default;
};

/// Reads a --volume argument; a relative source ("./data") counts from the working directory.
/// Throws Error kUsage where it is not one.
Volume parse_volume(std::string_view argument);

/// The --volume argument for `volume`.
std::string to_argument(const Volume& volume);

/// An option of the engine's create command, spelled as the engine spells it.
struct EngineOption {
  std::string name;                  ///< with its dashes
  std::optional<std::string> value;  ///< of its own argument, where it has one
  friend bool operator==(const EngineOption&, const EngineOption&) = default;
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
