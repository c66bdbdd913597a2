#pragma once

#include "core/trace.h"

#include <memory>
#include <optional>
#include <string>

namespace capmin {

/// Looks at what containers ask of the kernel. Thread-safe; never throws: what a trace cannot show
/// ends no trial.
class KernelTracer {
 public:
  KernelTracer() = default;
  virtual ~KernelTracer() = default;
  KernelTracer(const KernelTracer&) = delete;
  KernelTracer& operator=(const KernelTracer&) = delete;

  /// Begins with the container of this id, which must not have been started yet.
  virtual void watch(const std::string& container) noexcept = 0;
  /// Ends with it, and says what was seen since; nothing where its first program was never seen to
  /// start, though it may have: on another machine.
  virtual std::optional<Trace> collect(const std::string& container) noexcept = 0;
};

/// A tracer by BPF programs, or why this machine or this build has none.
struct TracerAttachment {
  std::unique_ptr<KernelTracer> tracer;  ///< null where there is none
  std::string fault;                     ///< why not, in words behind "because"
  std::string hint;                      ///< what to do then
};

/// Attaches programs that count the capability checks of the containers which the tracer watches:
/// for the processes that descend from a container's first program, from its first instruction,
/// under their own credentials. Takes CAP_BPF and CAP_PERFMON, BTF of the kernel, and its
/// tracepoint capability:cap_capable (Linux 6.14). Detached at the tracer's end.
TracerAttachment attach_kernel_tracer();

}  // namespace capmin
