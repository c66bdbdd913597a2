#pragma once

#include "system/process.h"

#include <functional>
#include <memory>
#include <sys/types.h>

namespace boost::asio {
class io_context;
}

namespace capmin {

/// A program that runs, as a child of this process.
class ChildProcess {
 public:
  /// Starts the program of `command` with its environment, in a process group of its own, with
  /// empty standard input and the descriptors `out` and `err` as its output; under a keeper where
  /// its strays are to be ended. It ends when the calling thread does, or with this object. Throws
  /// std::exception with the reason where it cannot be started. `context` must outlive this.
  ChildProcess(boost::asio::io_context& context, const Command& command, int out, int err);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t id() const;
  /// Calls `done` from the context with the status of waitpid(2) when it has ended; until then this
  /// object must live.
  void when_ended(std::function<void(int status)> done);
  /// Leaves it to itself.
  void detach();

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

}  // namespace capmin
