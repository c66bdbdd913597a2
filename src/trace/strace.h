#pragma once

#include "engine/engine.h"
#include "system/process.h"
#include "trace/gate.h"
#include "trace/strace_log.h"

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

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

/// strace at the gate of one trial's container, from whose first instruction on it looks. Each
/// start of the container passes the gate anew.
class StraceWatch {
 public:
  /// Both must outlive it; `stop` ends all waiting.
  StraceWatch(ProcessRunner& runner, const std::stop_token& stop) : runner_(runner), stop_(stop) {}

  /// `spec` with a gate in front of `program`; without, and with trouble(), where there can be
  /// none: on a full disk, or where nothing may be executed.
  ContainerSpec behind_gate(const std::vector<std::string>& program, ContainerSpec spec);
  bool has_gate() const { return gate_.has_value(); }
  /// Tells that the container did not start, for which `reason` is the engine's.
  void refused(const std::string& reason);
  /// Opens the gate of a container that was started, whose first process is `first`, once strace
  /// looks on. Where it does not, the gate stays shut and trouble() tells why.
  void open(int first);
  /// Ends strace's look, and tells which calls failed under it.
  std::vector<FailedCall> take();

  /// Why what is seen from here on is no evidence; empty where it is.
  const std::string& trouble() const { return trouble_; }

 private:
  ProcessRunner& runner_;
  const std::stop_token& stop_;
  std::optional<Gate> gate_;
  std::optional<Strace> strace_;
  std::string trouble_;
};

}  // namespace capmin
