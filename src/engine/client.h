#pragma once

#include "engine/calls.h"
#include "engine/dialect.h"
#include "system/process.h"

#include <chrono>
#include <string>
#include <vector>

namespace capmin {

/// An engine's own client: a program that is started for each call.
class Client final : public EngineCalls {
 public:
  /// `command` is the client with its global options; a call that takes longer than `deadline` is
  /// given up, but for those whose time the image or the container settles.
  Client(ProcessRunner& runner, std::vector<std::string> command,
         std::chrono::milliseconds deadline);

  /// The client's name.
  const std::string& name() const { return command_.front(); }
  Dialect dialect() const { return dialect_; }
  std::chrono::milliseconds deadline() const { return deadline_; }
  ProcessRunner& runner() const { return runner_; }
  /// The whole argument vector of a call.
  std::vector<std::string> command_line(const std::vector<std::string>& arguments) const;

  /// Makes a call, within the client's own deadline unless another is given.
  ProcessResult call(const std::vector<std::string>& arguments) {
    return call(arguments, deadline_);
  }
  ProcessResult call(const std::vector<std::string>& arguments, std::chrono::milliseconds deadline,
                     Command::Streams streams = Command::Streams::kSeparate);
  /// What a call prints; throws Error kEngine where it does not go well.
  std::string checked(const std::vector<std::string>& arguments);

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
  /// The arguments by which remove() does it.
  std::vector<std::string> remove_arguments(Kept kind, const std::string& name) const;

 private:
  ProcessRunner& runner_;
  std::vector<std::string> command_;
  Dialect dialect_;
  std::chrono::milliseconds deadline_;
  ClientWarnings warnings_;
};

}  // namespace capmin
