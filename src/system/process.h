#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace capmin {

/// Text that keeps its first and its last bytes, so that endless output needs bounded memory.
class CappedText {
 public:
  /// Keeps at least the first limit/2 bytes and the last limit/2 bytes, and never holds more than
  /// 1.5 x limit.
  explicit CappedText(std::size_t limit) : half_(limit / 2) {}

  void append(std::string_view text);

  /// What was kept; where bytes were left out, a line "[... N bytes left out ...]" stands between.
  std::string take();

 private:
  std::size_t half_;
  std::string head_;
  std::string tail_;
  std::size_t left_out_ = 0;
};

/// A program to run, with an argument vector and no shell. Its standard input is empty.
struct Command {
  /// The program (looked up in PATH unless it holds a slash) and its arguments.
  std::vector<std::string> argv;
  /// Variables set on top of this process's own environment.
  std::vector<std::pair<std::string, std::string>> environment = {};
  /// After this time the program's process group is ended.
  std::chrono::milliseconds deadline{30'000};
  /// What is left of the group so long after SIGTERM is killed.
  std::chrono::milliseconds grace{1'000};
  /// How many bytes of each stream are kept: the first half and the last half of them; what lies
  /// between is read and forgotten.
  std::size_t output_limit = 1U << 20U;
  /// Whether standard error goes into `out` too, in the order of writing.
  enum class Streams { kSeparate, kMerged } streams = Streams::kSeparate;
  /// What becomes of descendants that leave the program's process group: nothing, or they are
  /// killed as well when the program has ended; for programs that nobody here has written.
  enum class Strays { kIgnored, kEnded } strays = Strays::kIgnored;
  /// What becomes of the program when this process is killed: it is killed, too, or goes on to its
  /// end; for those that leave a half of something behind where they are killed.
  enum class Orphaned { kEnded, kGoesOn } orphaned = Orphaned::kEnded;
  /// Where set, is given standard output piece by piece in place of ProcessResult::out, without a
  /// limit; on the runner's thread, before the program counts as ended. Must neither block nor
  /// throw.
  std::function<void(std::string_view piece)> reader = {};
};

/// How a program ended, and what it printed.
struct ProcessResult {
  enum class Ending {
    kExited,      ///< by itself; `status` is its exit status
    kSignaled,    ///< by a signal that was not ours; `status` is its number
    kDeadline,    ///< by us, because the deadline passed
    kStopped,     ///< by us, because a stop was requested
    kNotStarted,  ///< it never ran; `failure` says why
  };
  Ending ending = Ending::kNotStarted;
  int status = -1;
  std::string out = {};
  std::string err;
  std::string failure;
  int error = 0;  ///< with kNotStarted: errno(3) of that, where it is known

  /// The program ran to its end and said that all went well.
  bool ok() const { return ending == Ending::kExited && status == 0; }
};

/// Runs programs, each in a process group of its own, on one thread of its own; the only place
/// that starts processes. Thread-safe. What a program leaves running in its group is killed when
/// the program itself ends (with Command::Strays::kEnded also what left the group), and a
/// descendant that keeps a pipe open is not waited for. Programs end with capmin, also when it is
/// killed, but for Command::Orphaned::kGoesOn.
class ProcessRunner {
 public:
  /// Throws Error kEngine where a limit of this process is in the way.
  ProcessRunner();
  /// Kills what still runs.
  ~ProcessRunner();
  ProcessRunner(const ProcessRunner&) = delete;
  ProcessRunner& operator=(const ProcessRunner&) = delete;

  /// Runs `command` to its end, its deadline or the stop. Ending it by force is SIGTERM to the
  /// group, and SIGKILL to what is left after its grace. Never throws for what the program does.
  ProcessResult run(const Command& command, const std::stop_token& stop = {});

  /// As run, but returns at once; `done` is called exactly once, on the runner's thread, and must
  /// not block.
  void start(Command command, std::stop_token stop, std::function<void(ProcessResult)> done);

 private:
  struct Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace capmin
