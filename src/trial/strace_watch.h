#pragma once

#include "system/process.h"
#include "trace/gate.h"
#include "trace/strace.h"

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace capmin {

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
