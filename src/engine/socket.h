#pragma once

#include "engine/calls.h"
#include "engine/client.h"
#include "system/http.h"

#include <chrono>
#include <memory>
#include <string>
#include <variant>

namespace capmin {

/// An engine's HTTP API, over kept connections to where it listens. What an engine answers becomes
/// of it what becomes of the words that its client would print.
class SocketCalls final : public EngineCalls {
 public:
  /// `name` is the client's, for errors; `version` is that of the API; a call that takes longer
  /// than `deadline` is given up. Throws as HttpClient does.
  SocketCalls(const HttpAddress& address, std::string name, std::string version,
              std::chrono::milliseconds deadline);

  std::optional<std::string> start(const std::string& container) override;
  void stop(const std::string& container) override;
  std::optional<std::string> inspect(Kept kind, const std::string& name) override;
  std::string logs(const std::string& container) override;
  void when_ended(const std::string& container, std::stop_token stop,
                  std::function<void()> done) override;
  ProcessResult exec(const std::string& container, const std::vector<std::string>& program,
                     const ProgramVariables& environment, std::chrono::milliseconds deadline,
                     const std::stop_token& stop) override;
  bool remove(Kept kind, const std::string& name) override;

 private:
  HttpRequest request(HttpRequest::Method method, const std::string& target) const;
  Error error(const std::string& action, const HttpReply& reply) const;

  std::string address_;
  std::string name_;
  std::string prefix_;  ///< of every target
  std::chrono::milliseconds deadline_;
  HttpClient http_;
};

/// What open_socket() has found.
struct OpenedSocket {
  std::unique_ptr<SocketCalls> calls;  ///< null where the client makes all calls
  EngineRoute route;
};

/// Finds out whether the engine that `client` drives can be called over a socket: its address is
/// beyond doubt, `info_json`, which the client has just printed, says that it asked there and not
/// in a context, and the engine that answers at the address is the same one. The calls and their
/// route; no calls where anything is in doubt. Throws as engine_address() does.
OpenedSocket open_socket(const Client& client, const std::string& info_json);

}  // namespace capmin
