#pragma once

#include "system/process.h"

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace capmin {

/// ProgramVariables of a program, with their values.
using ProgramVariables = std::vector<std::pair<std::string, std::string>>;

/// What an engine keeps.
enum class Kept { kContainer, kImage, kNetwork, kVolume };

/// "container", "image", "network" or "volume".
std::string_view name_of(Kept kind);

/// How many bytes of a container's log, or of an engine's reply, are kept.
constexpr std::size_t kLogLimit = 4U << 20U;

/// What an engine gives a container by default to end by its stop signal.
constexpr std::chrono::seconds kStopPatience{10};

/// Which way an engine's calls go, but for those that are always the client's.
struct EngineRoute {
  std::string socket;  ///< "unix:///var/run/docker.sock"; empty where the client makes all calls
  std::string reason;  ///< why it does; empty with a socket
};

/// The calls of an engine whose options are not the user's, by whatever way they are made: Client
/// makes them by the engine's own client, SocketCalls over its socket. Both read the engine's words
/// alike. Thread-safe; every call has a deadline, and all but remove throw Error kEngine where the
/// engine does not answer, cannot be reached or refuses.
class EngineCalls {
 public:
  virtual ~EngineCalls() = default;
  EngineCalls(const EngineCalls&) = delete;
  EngineCalls& operator=(const EngineCalls&) = delete;

  /// Starts a container. Nothing when it runs; the engine's words, on one line, where an engine
  /// that works did not start it.
  virtual std::optional<std::string> start(const std::string& container) = 0;
  /// As Engine::stop.
  virtual void stop(const std::string& container) = 0;
  /// The JSON by which the client's `inspect` describes one object: an array of it alone. Nothing
  /// where the engine has no such object.
  virtual std::optional<std::string> inspect(Kept kind, const std::string& name) = 0;
  /// As Engine::logs.
  virtual std::string logs(const std::string& container) = 0;
  /// As Engine::when_ended.
  virtual void when_ended(const std::string& container, std::stop_token stop,
                          std::function<void()> done) = 0;
  /// As Engine::exec.
  virtual ProcessResult exec(const std::string& container, const std::vector<std::string>& program,
                             const ProgramVariables& environment,
                             std::chrono::milliseconds deadline, const std::stop_token& stop) = 0;
  /// Removes a container, running or not, with its anonymous volumes, or a network that no
  /// container uses, or a volume; whether it is gone.
  virtual bool remove(Kept kind, const std::string& name) = 0;

 protected:
  EngineCalls() = default;
};

}  // namespace capmin
