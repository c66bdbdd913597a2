#include "system/standard_output.h"

#include "core/error.h"
#include "system/process_limits.h"

#include <cerrno>
#include <cstdio>

namespace capmin {

void write_standard_output(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) {
    return;
  }
  throw Error(ExitCode::kOutput, "cannot write to standard output: " + error_text(errno),
              "write to a file with -o FILE");
}

}  // namespace capmin
