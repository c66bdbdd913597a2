#pragma once

#include "engine/engine.h"
#include "system/process.h"
#include "trace/strace_log.h"

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace capmin {

/// Why `--evidence strace` cannot be used here, and what to do.
struct StraceRefusal {
  std::string reason;
  std::string hint;
};

/// Looks whether the containers of an engine at `host` (as --host has it, empty for the default)
/// can be traced from here: this machine has strace and a gate, the engine is on it, and this
/// process may trace what is not its own (CAP_SYS_PTRACE, ptrace(2)). Nothing where it can.
std::optional<StraceRefusal> strace_refusal(const std::string& host, ProcessRunner& runner);

/// strace(1), attached to a process of this machine and to all that it starts from then on, from
/// outside: exec of a program with file capabilities stays as it is without, since the tracer has
/// CAP_SYS_PTRACE (capabilities(7); seen with strace 6.1).
class Strace {
 public:
  /// Attaches to `pid` and waits until that is done, for `patience` at most or until a stop.
  Strace(ProcessRunner& runner, int pid, std::chrono::milliseconds patience,
         const std::stop_token& stop);
  /// Detaches: what is traced goes on.
  ~Strace();
  Strace(const Strace&) = delete;
  Strace& operator=(const Strace&) = delete;

  /// Why it could not attach; empty where it could.
  const std::string& trouble() const { return trouble_; }
  /// Whether it was killed, or failed, while it should have looked on. Before finish().
  bool died() const;
  /// Detaches and tells what was seen. Once.
  StraceLog finish();

 private:
  struct State;
  void detach();

  std::shared_ptr<State> state_;
  std::stop_source quit_;
  std::string trouble_;
};

}  // namespace capmin
