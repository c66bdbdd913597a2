#pragma once

#include "system/process.h"

#include <functional>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace capmin {

/// For a process that was just forked and is about to execute a program: forks twice more and
/// returns in the new process, which executes the program in a process group of its own; false
/// where it cannot fork. The other two stay and never return. The nearer one, the program's parent,
/// is its keeper: all descendants of the program stay its own (PR_SET_CHILD_SUBREAPER, prctl(2)),
/// also those that left the group or whose parents have ended, and it kills them when the program
/// has ended. It ends as the program did, and the farther one ends as it did. Where the keeper is
/// killed or stopped before, by the program for instance, that one has its children and keeps them
/// in its place; where the farther one is killed, the keeper ends everything. SIGTERM, and the end
/// of the thread that started them, let them send SIGTERM to the program's group and kill
/// everything a second later. Calls only what a signal handler may call, signal-safety(7), as other
/// threads of the process that was forked may hold any lock.
bool continue_under_keeper();

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

/// Starts the program at `path` in a session of its own, with `input` as its standard input, what
/// it prints forgotten, no other file of ours and no signal blocked. It is left to itself: whoever
/// starts it waits for it by the id that this returns. Throws std::system_error. Not by
/// Boost.Process, which calls every program by its path: argv[0] is what ps(1) shows of this one.
pid_t start_in_own_session(const std::string& path, std::vector<std::string> argv, int input);

}  // namespace capmin
