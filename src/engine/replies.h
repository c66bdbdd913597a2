#pragma once

#include "core/container_options.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace boost::json {
class value;
}

namespace capmin {

/// Labels of an object of the engine. A container inherits those of its image.
using Labels = std::map<std::string, std::string>;

/// What the engine says of itself.
struct EngineFacts {
  Dialect dialect = Dialect::kDocker;
  std::string version;         ///< of the engine, not of its client
  std::string client_version;  ///< the same as the engine's where podman needs no service
  std::string runtime;         ///< name and version, "runc 1.1.5"
  std::string kernel;
  std::string platform;  ///< "linux/amd64"
  std::string seccomp;   ///< name of the default profile; "off" without
  bool rootless = false;
  /// Whether root of a container is another user of the host (dockerd --userns-remap); nothing
  /// where the engine does not tell.
  std::optional<bool> userns_remap = {};
  int cgroups = 0;      ///< version of the control groups, 1 or 2; 0 where the engine does not tell
  std::string network;  ///< what a container is connected to unless told otherwise
};

/// How an image or a container is asked whether it is healthy.
struct Healthcheck {
  std::vector<std::string> program;  ///< as an argument vector; empty without
  std::chrono::milliseconds timeout{30'000};
};

/// What an image says of itself.
struct ImageFacts {
  std::string id;        ///< "sha256:..."
  std::string digest;    ///< "sha256:..." of its registry; empty for an image made locally
  std::string platform;  ///< "linux/amd64"
  std::string user;      ///< as the image names it; empty is root
  std::vector<std::string> entrypoint;
  std::vector<std::string> command;
  std::vector<std::string> variables;      ///< "NAME=VALUE"
  std::vector<std::string> volumes;        ///< paths that get an anonymous volume each
  std::string stop_signal;                 ///< empty is SIGTERM
  std::vector<std::string> path;           ///< the directories of its PATH
  std::string working_directory;           ///< absolute; empty is "/"
  std::vector<std::string> exposed_ports;  ///< "80/tcp"
  Healthcheck healthcheck;
  Labels labels;
};

/// What the engine says of a container.
struct ContainerFacts {
  std::string id;
  bool running = false;
  bool started = false;  ///< its own program was executed, or at least attempted by the kernel
  int pid = 0;           ///< of its first process, in the engine's pid namespace; 0 when none runs
  int exit_code = 0;
  /// When its program began to run, by the engine's own clock; nothing where it never did.
  std::optional<std::chrono::system_clock::time_point> started_at;
  /// Told by the engine, or status 137 under a limit of memory.
  bool out_of_memory = false;
  std::string error;                         ///< the engine's words on why it did not start
  std::string ip;                            ///< its address in the first network that gave it one
  std::map<std::string, std::string> ports;  ///< published: container port -> host port
  /// What its health check has found: "starting" until it has an answer, "healthy" or "unhealthy",
  /// which docker says of a stopped container as well; empty where it has no health check.
  std::string health;
};

/// A container, a network or a volume with its labels.
struct LabelledObject {
  std::string id;  ///< of a volume, and of a network of podman's, its name
  std::string name;
  std::string image;  ///< id; a container's only
  Labels labels;
};

/// Read the engine's JSON replies, docker's and podman's; fields that are not there stay empty.
/// Throw Error kEngine, which names the command, for what is no JSON of the expected form.
EngineFacts parse_engine_facts(std::string_view version_json, std::string_view info_json);
ImageFacts parse_image_facts(std::string_view inspect_json);
ContainerFacts parse_container_facts(std::string_view inspect_json);
LabelledObject parse_labelled_container(std::string_view inspect_json);
LabelledObject parse_labelled_network(std::string_view inspect_json);
LabelledObject parse_labelled_volume(std::string_view inspect_json);

/// The same of one that has been read, an image or a container.
Healthcheck healthcheck_of(const boost::json::value& inspected);

/// The directories of the last PATH among `variables` ("NAME=VALUE"), in order; Docker's own
/// without.
std::vector<std::string> path_directories(const std::vector<std::string>& variables);

/// Reads a time as engines write it, RFC 3339 with up to nine digits of a second:
/// "2026-11-28T08:17:45.123456789Z" or "...+01:00"; nothing for other texts, and for the year 1, by
/// which docker and podman say "never".
std::optional<std::chrono::system_clock::time_point> parse_time(std::string_view text);

/// Adds what podman keeps nothing of in a container's state: why its start failed, from the words
/// of the start command, and the exit status that `podman run` would have given it, 127 for a
/// program that is not there and 126 for one that may not be executed.
void add_start_failure(std::string_view words, ContainerFacts& facts);

/// Tells whether a container did not start because its program could not be executed under the
/// grant and user at hand (no such file, permission denied): then the container's start has failed
/// like any program's, and it is no engine trouble. runc says `container process: exec: "PROGRAM":
/// ...`, crun "executable file `PROGRAM` not found" and "open executable"; the exit status is 126
/// or 127 (docker 20.10 and podman 4.3 with runc 1.1; crun's words from its version 1.8). An engine
/// says `exec: "..."` as well of a program of its own that is not there: its runtime, shim, proxy.
bool program_not_executable(const ContainerFacts& facts);

}  // namespace capmin
