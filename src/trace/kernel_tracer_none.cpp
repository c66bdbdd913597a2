#include "trace/kernel_tracer.h"

namespace capmin {

TracerAttachment attach_kernel_tracer() {
  return {.tracer = nullptr,
          .fault = "this capmin was built without libbpf",
          .hint = "build it where clang, libbpf-dev and libseccomp-dev are installed"};
}

}  // namespace capmin
