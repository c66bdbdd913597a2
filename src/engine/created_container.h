#pragma once

#include "core/capability.h"
#include "engine/container_spec.h"
#include "engine/replies.h"

#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// How a container was created, whether it runs or not: what its creator gave, as far as it can be
/// told from what the image says and the engine adds by itself. Texts are hostile.
struct CreatedContainer {
  LabelledObject self;     ///< `image` begins with "sha256:"
  std::string image_name;  ///< the image as its creator named it
  bool running = false;
  int pid = 0;  ///< of its first process, in the engine's pid namespace; 0 when none runs

  // What the image has as well, unless its creator said otherwise.
  std::string user;
  std::string working_directory;
  std::string stop_signal;
  std::vector<std::string> entrypoint;
  std::vector<std::string> command;
  std::vector<std::string> variables;  ///< "NAME=VALUE"
  Healthcheck healthcheck;

  // What makes it another container than a trial could be.
  bool privileged = false;
  bool has_device_requests = false;  ///< --gpus
  std::string pid_mode;              ///< as --pid has it; empty is its own
  std::string ipc_mode;              ///< as --ipc has it; empty is its own
  std::string uts_mode;              ///< as --uts has it; empty is its own
  std::string userns_mode;           ///< as --userns has it; empty is the engine's choice
  std::vector<std::string> added;    ///< as --cap-add has them; "ALL" is all
  std::string seccomp_document;      ///< a filter of its own that the engine kept no file of

  /// As --network has it; empty is the engine's default.
  std::string network;
  std::vector<std::string> further_networks;  ///< to which it is connected as well
  std::vector<Volume> volumes;                ///< binds, named ones, anonymous ones
  /// All else that `capmin run` takes as well, spelled so: an option of the engine's own has no
  /// value. Ports are published on free ports of the host, since the container may have its own.
  std::vector<EngineOption> options;
};

/// Reads what `inspect` prints of a container, docker or podman. Throws Error kEngine for what is
/// no JSON of the expected form.
CreatedContainer parse_created_container(std::string_view inspect_json);

}  // namespace capmin
