#include "system/guardian.h"

#include "core/error.h"
#include "system/process_limits.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace capmin {
namespace {

constexpr char kNothingToDo = 'n';
constexpr int kPatience = 1000;  // milliseconds

/// What posix_spawn is told; frees it.
struct SpawnSettings {
  SpawnSettings() {
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawnattr_init(&attributes);
  }
  ~SpawnSettings() {
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&files);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};
};

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
  SpawnSettings settings;
  // Whoever reads what capmin prints must see its end when capmin ends.
  ::posix_spawn_file_actions_adddup2(&settings.files, pipe.read_end.get(), STDIN_FILENO);
  ::posix_spawn_file_actions_addopen(&settings.files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&settings.files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addclosefrom_np(&settings.files, STDERR_FILENO + 1);
  sigset_t none;
  ::sigemptyset(&none);
  ::posix_spawnattr_setsigmask(&settings.attributes, &none);
  ::posix_spawnattr_setflags(&settings.attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);

  std::vector<char*> arguments;
  arguments.reserve(argv.size() + 1);
  for (std::string& argument : argv) {
    arguments.push_back(argument.data());
  }
  arguments.push_back(nullptr);
  const int error = ::posix_spawn(&pid_, path.c_str(), &settings.files, &settings.attributes,
                                  arguments.data(), environ);
  if (error != 0) fail(error);
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
