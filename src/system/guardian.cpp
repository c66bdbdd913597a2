#include "system/guardian.h"

#include "core/error.h"
#include "system/child_process.h"
#include "system/process_limits.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace capmin {
namespace {

constexpr char kNothingToDo = 'n';
constexpr int kPatience = 1000;  // milliseconds

[[noreturn]] void fail(int error) {
  throw Error(
      ExitCode::kEngine,
      "cannot start the process that removes containers if capmin is killed: " + error_text(error),
      limits_hint(true));
}

}  // namespace

Guardian::Pipe Guardian::make_pipe() {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail(errno);
  return {.read_end = Descriptor(ends[0]), .write_end = Descriptor(ends[1])};
}

Guardian::Guardian(const std::string& path, std::vector<std::string> argv)
    : Guardian(make_pipe(), path, std::move(argv)) {}

Guardian::Guardian(Pipe pipe, const std::string& path, std::vector<std::string> argv)
    : pipe_(std::move(pipe.write_end)) {
  try {
    pid_ = start_in_own_session(path, std::move(argv), pipe.read_end.get());
  } catch (const std::system_error& error) {
    fail(error.code().value());
  }
}

Guardian::~Guardian() {
  if (is_needed_) return;
  [[maybe_unused]] const ssize_t ignored = ::write(pipe_.get(), &kNothingToDo, 1);
  // Not by glibc's pidfd_open, which version 2.36 declares for C only.
  const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  pollfd ended{.fd = process.get(), .events = POLLIN, .revents = 0};
  if (process.get() >= 0) ::poll(&ended, 1, kPatience);
  ::waitpid(pid_, nullptr, WNOHANG);
}

bool is_orphaned() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    // Not SIG_IGN: programs that the guardian starts would inherit it.
    static_cast<void>(std::signal(number, [](int) {}));
  }
  char word = 0;
  ssize_t count = 0;
  do {
    count = ::read(STDIN_FILENO, &word, 1);
  } while (count < 0 && errno == EINTR);
  return count == 0;
}

}  // namespace capmin
