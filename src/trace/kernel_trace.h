#pragma once

#include "trace/tracer.h"

#include <memory>
#include <string>

namespace capmin {

/// A tracer by BPF programs, or why this machine or this build has none.
struct KernelTrace {
  std::unique_ptr<Tracer> tracer;  ///< null where there is none
  std::string fault;               ///< why not, in words behind "because"
  std::string hint;                ///< what to do then
};

/// Attaches programs that count the capability checks of the containers which the tracer watches:
/// for the processes that descend from a container's first program, from its first instruction,
/// under their own credentials. Takes CAP_BPF and CAP_PERFMON, BTF of the kernel, and its
/// tracepoint capability:cap_capable (Linux 6.14). Detached at the tracer's end.
KernelTrace attach_kernel_trace();

}  // namespace capmin
