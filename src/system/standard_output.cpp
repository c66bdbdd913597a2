#include "system/standard_output.h"

#include "core/error.h"

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace capmin {

void write_standard_output(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) {
    return;
  }
  throw Error(ExitCode::kOutput,
              "cannot write to standard output: " + std::generic_category().message(errno),
              "write to a file with -o FILE");
}

}  // namespace capmin
