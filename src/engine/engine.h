#pragma once

#include "core/error.h"
#include "engine/calls.h"
#include "engine/container_spec.h"
#include "engine/created_container.h"
#include "engine/dialect.h"
#include "engine/replies.h"
#include "system/process.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

class Client;
class SocketCalls;

/// What became of the start of a container.
struct Started {
  bool ok = false;
  ContainerFacts facts;  ///< where it did not start, `error` says why
};

/// No engine command that capmin uses takes longer on an engine that works; those that were
/// measured take under a second.
constexpr std::chrono::milliseconds kEngineDeadline{30'000};

/// A container engine, driven through its own command line, and from the first facts() on over its
/// socket as far as EngineCalls reaches, where it has one that open_socket() trusts. Every call has
/// a deadline and throws Error kEngine where the engine does not answer, cannot be reached or
/// refuses. Thread-safe.
class Engine {
 public:
  /// `command` is the client with its global options: {"docker", "--host", "..."}. The client's
  /// name tells its dialect. A call that takes longer than `deadline` is given up, but for those
  /// whose time the image or the container settles.
  Engine(ProcessRunner& runner, std::vector<std::string> command,
         std::chrono::milliseconds deadline = kEngineDeadline);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// The client's name.
  const std::string& name() const;
  Dialect dialect() const;
  /// The whole argument vector of a call of the client.
  std::vector<std::string> command_line(const std::vector<std::string>& arguments) const;

  /// Throws Error kEngine unless the engine answers.
  void check();
  /// Asks the engine until it answers, with growing pauses, for at most `patience` (0 asks once) or
  /// until a stop; whether it has answered.
  bool await_answer(std::chrono::milliseconds patience, const std::stop_token& stop);
  /// What the engine says of itself to its client; the first time it is asked, settles route().
  EngineFacts facts();
  /// Which way calls go from now on.
  EngineRoute route() const;
  /// The image that `reference` names now; nothing where the engine has none.
  std::optional<ImageFacts> find_image(const std::string& reference);
  /// Fetches the image; throws Error kImageMissing where that cannot be done.
  void pull(const std::string& reference, const std::string& platform);

  /// The ids of the images that the engine has, newest first.
  std::vector<std::string> images();

  /// Creates a container by the arguments of create_arguments: its id; nothing where its name is
  /// taken. Throws RefusedContainer where the engine works and will not make it.
  std::optional<std::string> create(const std::vector<std::string>& arguments);
  /// The part of `wanted` that the engine accepts for `image`, found by creating a container that
  /// is never started. Docker names one capability that it does not know at a time.
  CapabilitySet accepted(CapabilitySet wanted, const std::string& image);
  /// Starts a container. Not ok is a container that cannot be started, by an engine that works.
  Started start(const std::string& container);
  /// Sends a container its stop signal and waits for its end; the engine kills it when it has not
  /// ended after its own patience, 10 s by default.
  void stop(const std::string& container);
  ContainerFacts inspect(const std::string& container);
  /// The same for a container that may not exist; nothing where the engine has none.
  std::optional<ContainerFacts> find_container(const std::string& container);
  /// What the container printed, standard output and error in the order of writing; of long logs
  /// the beginning and the end. Without the warnings that the client prints at other calls, too: it
  /// writes them into the same stream.
  std::string logs(const std::string& container);
  /// The beginning, at least the headers, of a tar archive of the file at `path` in a container
  /// that need not run; a symbolic link is not followed. Empty where there is no such file.
  std::string archive(const std::string& container, const std::string& path);
  /// Gives `reader` a tar archive of all files of a container that need not run, piece by piece and
  /// on another thread; its volumes' files are not among them. False where the engine did not print
  /// it to the end within a minute or until a stop.
  bool export_files(const std::string& container, std::function<void(std::string_view)> reader,
                    const std::stop_token& stop);
  /// Calls `done` once when the container has ended, or when the engine can't tell.
  void when_ended(const std::string& container, std::stop_token stop, std::function<void()> done);
  /// Runs a program inside a running container. Throws Error kEngine also where the engine says
  /// that it, and not the program, is in trouble.
  ProcessResult exec(const std::string& container, const std::vector<std::string>& program,
                     const ProgramVariables& environment, std::chrono::milliseconds deadline,
                     const std::stop_token& stop);
  void create_volume(const std::string& volume,
                     const std::vector<std::pair<std::string, std::string>>& labels);

  /// The ids of the containers that run and have all of `labels`, each "NAME" or "NAME=VALUE".
  std::vector<std::string> running_containers(const std::vector<std::string>& labels);
  /// How a container was created; nothing where the engine has none of this id or name.
  std::optional<CreatedContainer> find_created_container(const std::string& container);
  /// What names the containers (their ids), the networks (docker's ids, podman's names) and the
  /// volumes (their names) with the label `label`: "NAME" or "NAME=VALUE".
  std::vector<std::string> containers_with(const std::string& label);
  std::vector<std::string> networks_with(const std::string& label);
  std::vector<std::string> volumes_with(const std::string& label);
  /// What has this id or name; nothing where it is gone.
  std::optional<LabelledObject> find_labelled_container(const std::string& container);
  std::optional<LabelledObject> find_labelled_network(const std::string& network);
  std::optional<LabelledObject> find_labelled_volume(const std::string& volume);

  /// Remove a container with its anonymous volumes, a network by its name, or as networks_with()
  /// names it, or a volume; nothing happens where there is none. What cannot be removed, such as a
  /// network that a container still uses, is noted in leftovers(), and false; never throw.
  bool remove(const std::string& container) noexcept;
  /// The arguments by which remove() does it.
  std::vector<std::string> remove_arguments(const std::string& container) const;
  bool remove_network(const std::string& network) noexcept;
  bool remove_volume(const std::string& volume) noexcept;
  /// The commands that remove what could not be removed.
  std::vector<std::string> leftovers() const;
  /// Adds one of them, for what is not removed by its name.
  void note_leftover(const std::string& command);

 private:
  EngineCalls& calls() { return *calls_.load(); }
  std::vector<std::string> listed(const std::vector<std::string>& arguments);
  bool remove(Kept kind, const std::string& object) noexcept;

  std::unique_ptr<Client> client_;
  std::unique_ptr<SocketCalls> socket_;
  std::atomic<EngineCalls*> calls_;  ///< the socket's where there is one, else the client's
  mutable std::mutex mutex_;
  std::optional<EngineRoute> route_;
  std::vector<std::string> leftovers_;
};

}  // namespace capmin
