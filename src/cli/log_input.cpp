#include "cli/log_input.h"

#include "core/error.h"
#include "system/file.h"
#include "system/process.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string_view>
#include <system_error>
#include <unistd.h>

namespace capmin {
namespace {

/// Twice what the diagnosis looks at of a long log's end.
constexpr std::size_t kKept = std::size_t{6} << 20U;

[[noreturn]] void fail(const std::string& name, const std::string& hint) {
  throw Error(ExitCode::kUsage,
              "cannot read " + name + ": " + std::generic_category().message(errno), hint);
}

std::string read_all(int descriptor, const std::string& name, const std::string& hint) {
  CappedText text(kKept);
  std::array<char, 65536> buffer{};
  while (true) {
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count == 0) return text.take();
    if (count > 0) {
      text.append(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
    } else if (errno != EINTR) {
      fail(name, hint);
    }
  }
}

}  // namespace

std::string read_log(const std::string& path, const std::string& hint) {
  if (path == "-") {
    // Who did not mean to be asked would wait for an answer.
    if (::isatty(STDIN_FILENO) != 0) {
      static_cast<void>(std::fputs(
          "reading a log from standard input; Ctrl-D on a line of its own ends it\n", stderr));
    }
    return read_all(STDIN_FILENO, "standard input", hint);
  }
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) fail(path, hint);
  return read_all(file.get(), path, hint);
}

}  // namespace capmin
