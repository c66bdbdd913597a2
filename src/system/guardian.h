#pragma once

#include "system/file.h"

#include <string>
#include <sys/types.h>
#include <vector>

namespace capmin {

/// A process that outlives this one, however this one ends. It holds the read end of a pipe as its
/// standard input; the write end is here and nowhere else, so that end of file means that this
/// process is gone. It is in a session of its own, where a terminal's signals do not reach it, and
/// holds no other file of ours.
class Guardian {
 public:
  /// Starts the program at `path`, which must call is_orphaned, with the arguments `argv` (argv[0]
  /// included). Throws Error kEngine where no process can be started.
  Guardian(const std::string& path, std::vector<std::string> argv);
  /// Tells it that there is nothing to do, and waits for its end, for a second at most; unless
  /// take_over() was called.
  ~Guardian();
  Guardian(const Guardian&) = delete;
  Guardian& operator=(const Guardian&) = delete;

  pid_t pid() const { return pid_; }
  /// From the end of this object on the guardian acts as if this process had been killed.
  void take_over() { is_needed_ = true; }

 private:
  struct Pipe {
    Descriptor read_end;
    Descriptor write_end;
  };
  static Pipe make_pipe();
  Guardian(Pipe pipe, const std::string& path, std::vector<std::string> argv);

  Descriptor pipe_;
  pid_t pid_ = -1;
  bool is_needed_ = false;
};

/// The guardian's side: waits on standard input until the process that started it has ended or
/// says that there is nothing to do; tells whether it has ended without saying so. From here on
/// SIGINT, SIGTERM and SIGHUP do not end the guardian.
bool is_orphaned();

}  // namespace capmin
