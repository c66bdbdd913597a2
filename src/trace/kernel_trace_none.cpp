#include "trace/kernel_trace.h"

namespace capmin {

KernelTrace attach_kernel_trace() {
  return {.tracer = nullptr,
          .fault = "this capmin was built without libbpf",
          .hint = "build it where clang, libbpf-dev and libseccomp-dev are installed"};
}

}  // namespace capmin
