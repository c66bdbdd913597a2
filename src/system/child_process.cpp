#include "system/child_process.h"

#include <boost/asio/io_context.hpp>
#include <boost/process/v2/environment.hpp>
#include <boost/process/v2/posix/default_launcher.hpp>
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace capmin {
namespace {

constexpr long kMillisecond = 1'000'000;  // nanoseconds
constexpr int kGraceAfterTerm = 1000;     // milliseconds
/// A program that forks faster than it can be stopped is given up after so many rounds.
constexpr int kMostRounds = 1000;

/// In milliseconds.
long long now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<long long>(time.tv_sec) * 1000 + time.tv_nsec / kMillisecond;
}

/// Processes, as many as a program with offspring is believed to have; what is beyond comes in
/// later rounds. Not on the stack, whose size nobody promises here.
class Processes {
 public:
  void add(pid_t pid) {
    if (size_ < pids_.size()) pids_[size_++] = pid;
  }
  void clear() { size_ = 0; }
  std::size_t size() const { return size_; }
  pid_t operator[](std::size_t i) const { return pids_[i]; }

 private:
  std::array<pid_t, 32768> pids_{};
  std::size_t size_ = 0;
};
Processes descendants;

/// A path below /proc, put together without memory of its own.
class ProcPath {
 public:
  ProcPath& operator<<(const char* text) {
    while (*text != '\0')
      text_[size_++] = *text++;
    return *this;
  }
  ProcPath& operator<<(pid_t number) {
    std::array<char, 16> digits{};
    std::size_t count = 0;
    do {
      digits[count++] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number > 0);
    while (count > 0)
      text_[size_++] = digits[--count];
    return *this;
  }
  const char* text() const { return text_.data(); }

 private:
  std::array<char, 64> text_{};  // "/proc/PID/task/TID/children"; ends with a zero
  std::size_t size_ = 0;
};

/// Adds the children of one thread, as the kernel lists them, proc(5).
void add_children(const ProcPath& list) {
  std::array<char, 16384> text{};
  const int file = ::open(list.text(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  pid_t pid = 0;
  for (;;) {
    const ssize_t size = ::read(file, text.data(), text.size());
    if (size <= 0) break;
    for (ssize_t i = 0; i < size; ++i) {
      const char letter = text[static_cast<std::size_t>(i)];
      if (letter >= '0' && letter <= '9') {
        pid = pid * 10 + (letter - '0');
      } else {
        if (pid > 0) descendants.add(pid);
        pid = 0;
      }
    }
  }
  ::close(file);
}

/// Adds the children of all threads of `pid`.
void add_children_of(pid_t pid) {
  const int directory =
      ::open((ProcPath() << "/proc/" << pid << "/task").text(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return;
  alignas(dirent64) std::array<char, 4096> entries{};
  for (;;) {
    const ssize_t size = ::getdents64(directory, entries.data(), entries.size());
    if (size <= 0) break;
    for (ssize_t at = 0; at < size;) {
      const auto* const entry =
          reinterpret_cast<const dirent64*>(entries.data() + at);  // getdents(2)
      at += entry->d_reclen;
      if (entry->d_name[0] == '.') continue;
      add_children(ProcPath() << "/proc/" << pid << "/task/" << entry->d_name << "/children");
    }
  }
  ::close(directory);
}

/// Finds all descendants, parents before their children; `each` is called on those found.
template <typename Each>
void find_descendants(Each each) {
  descendants.clear();
  add_children(ProcPath() << "/proc/thread-self/children");
  for (std::size_t i = 0; i < descendants.size(); ++i) {
    each(descendants[i]);
    add_children_of(descendants[i]);
  }
}

/// Stops all descendants, so that none can start another while they are killed: a pending signal
/// keeps fork(2) from coming to its end.
void stop_descendants() {
  std::size_t count = 0;
  unsigned long long sum = 0;
  for (int round = 0; round < kMostRounds; ++round) {
    unsigned long long new_sum = 0;
    find_descendants([&new_sum](pid_t pid) {
      ::kill(pid, SIGSTOP);
      new_sum += static_cast<unsigned long long>(pid);
    });
    if (descendants.size() == count && new_sum == sum) return;
    count = descendants.size();
    sum = new_sum;
  }
}

void kill_descendants() {
  for (int round = 0; round < kMostRounds; ++round) {
    pid_t ended = 0;
    do {
      ended = ::waitpid(-1, nullptr, WNOHANG);
    } while (ended > 0);
    if (ended < 0) return;
    stop_descendants();
    // Children first: the end of a parent lets stopped children of other groups go on, setpgid(2).
    for (std::size_t i = descendants.size(); i > 0; --i) {
      ::kill(descendants[i - 1], SIGKILL);
    }
    const timespec pause{.tv_sec = 0, .tv_nsec = kMillisecond};
    ::nanosleep(&pause, nullptr);
  }
}

[[noreturn]] void end_as(int status) {
  if (WIFSIGNALED(status)) {
    const int number = WTERMSIG(status);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    static_cast<void>(std::signal(number, SIG_DFL));
    sigset_t one;
    ::sigemptyset(&one);
    ::sigaddset(&one, number);
    ::kill(::getpid(), number);
    ::sigprocmask(SIG_UNBLOCK, &one, nullptr);
  }
  ::_exit(WEXITSTATUS(status));
}

sigset_t awaited_signals() {
  sigset_t awaited;
  ::sigemptyset(&awaited);
  ::sigaddset(&awaited, SIGCHLD);
  ::sigaddset(&awaited, SIGTERM);
  return awaited;
}

/// Waits for a signal; where `end` is a time, not much longer than that. True when it is SIGTERM.
bool is_told_to_end(long long end) {
  constexpr int kPoll = 100;  // milliseconds
  const sigset_t awaited = awaited_signals();
  const timespec patience{.tv_sec = 0, .tv_nsec = kPoll * kMillisecond};
  return ::sigtimedwait(&awaited, nullptr, end == 0 ? nullptr : &patience) == SIGTERM;
}

/// Sees the program to its end.
[[noreturn]] void keep(pid_t program) {
  long long end = 0;
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(-1, &status, WNOHANG);
    if (ended == program || ended < 0) {
      kill_descendants();
      end_as(status);
    }
    if (ended > 0) continue;
    if (end != 0 && now() >= end) {
      kill_descendants();
      end_as(SIGKILL);
    }
    if (is_told_to_end(end) && end == 0) {
      ::kill(-program, SIGTERM);
      end = now() + kGraceAfterTerm;
    }
  }
}

/// What is known of a program that ended, or that nobody can tell of any more, as of waitpid(2).
[[noreturn]] void end_after(pid_t ended, int status) {
  kill_descendants();
  end_as(ended > 0 ? status : SIGKILL);
}

/// Sees the keeper to its end, and the program where the keeper is killed or stopped before: then
/// its children have become ours.
[[noreturn]] void stand_by(pid_t keeper, pid_t program) {
  bool is_alone = false;
  long long end = 0;
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(-1, &status, WNOHANG | WUNTRACED);
    if (ended > 0 && WIFSTOPPED(status)) {
      if (ended == keeper) ::kill(keeper, SIGKILL);
      continue;
    }
    if (ended == program || ended < 0) end_after(ended, status);
    if (ended == keeper) {
      is_alone = true;
      int own_status = 0;
      const pid_t found = ::waitpid(program, &own_status, WNOHANG);
      // The program is not our child when the keeper has seen its end, and ended as it did.
      if (found < 0) end_after(keeper, status);
      if (found == program) end_after(program, own_status);
    }
    if (ended > 0) continue;
    if (end != 0 && now() >= end) end_after(-1, 0);
    if (is_told_to_end(end) && end == 0) {
      ::kill(is_alone ? -program : keeper, SIGTERM);
      end = now() + (is_alone ? 1 : 2) * kGraceAfterTerm;
    }
  }
}

}  // namespace

bool continue_under_keeper() {
  // Handlers are those of the process that was forked; they are of no use here.
  for (const int number : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) {
    static_cast<void>(std::signal(number, SIG_DFL));
  }
  const sigset_t awaited = awaited_signals();
  sigset_t before;
  ::sigprocmask(SIG_BLOCK, &awaited, &before);
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  const pid_t keeper = ::_Fork();
  if (keeper < 0) return false;
  if (keeper > 0) {
    pid_t program = -1;
    const ssize_t size = (::close(ends[1]), ::read(ends[0], &program, sizeof program));
    if (size != static_cast<ssize_t>(sizeof program)) {
      ::waitpid(keeper, nullptr, 0);
      errno = EAGAIN;
      return false;
    }
    // The pipes of the program are not ours.
    ::close_range(0, ~0U, 0);
    stand_by(keeper, program);
  }
  ::setpgid(0, 0);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  ::prctl(PR_SET_NAME, "capmin-keeper");
  const pid_t program = ::_Fork();
  if (program < 0) ::_exit(1);
  if (program > 0) {
    ::setpgid(program, program);
    if (::write(ends[1], &program, sizeof program) < 0) ::_exit(1);
    ::close_range(0, ~0U, 0);
    keep(program);
  }
  ::setpgid(0, 0);
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  return true;
}

namespace {

namespace process_v2 = boost::process::v2;
using boost::system::error_code;

/// Gives the child its environment, a process group of its own, default signal handling and, where
/// it is to be so, an end when capmin ends, however that comes about.
struct ChildSetup {
  /// Entries and a null pointer at the end; in Boost 1.81 the library's own initializer for this
  /// (process_environment) has no definition to link with.
  const char* const* environment;
  Command::Strays strays;
  Command::Orphaned orphaned;

  template <typename Launcher>
  error_code on_setup(Launcher& launcher, const process_v2::filesystem::path& /*program*/,
                      const char* const*& /*argv*/) {
    launcher.env = environment;
    return {};
  }
  template <typename Launcher>
  error_code on_exec_setup(Launcher& /*launcher*/, const process_v2::filesystem::path& /*program*/,
                           const char* const*& /*argv*/) {
    ::setpgid(0, 0);
    // The signal comes at the end of the thread that forked: the runner's, which ends with it.
    if (orphaned == Command::Orphaned::kEnded) ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    static_cast<void>(::signal(SIGPIPE, SIG_DFL));
    static_cast<void>(::signal(SIGXFSZ, SIG_DFL));
    if (strays == Command::Strays::kEnded && !continue_under_keeper()) {
      return {errno, boost::system::system_category()};
    }
    return {};
  }
  /// Leaves at once: exit handlers and buffers belong to the parent.
  template <typename Launcher>
  void on_exec_error(Launcher& /*launcher*/, const process_v2::filesystem::path& /*program*/,
                     const char* const*& /*argv*/, const error_code& /*error*/) {
    ::_exit(127);
  }
};

/// Launches by vfork(2). After fork, each page that this process writes is copied: 300 of the 770
/// ms that capmin itself used for a search of 12 trials. The library's own vfork_launcher tells the
/// io_context that it is the child's, although parent and child share it (Boost 1.81).
struct SharedMemoryLauncher : process_v2::posix::default_launcher {
  template <typename Executor, typename... Setups>
  process_v2::basic_process<Executor> operator()(Executor executor, error_code& failure,
                                                 const process_v2::filesystem::path& program,
                                                 const std::vector<std::string>& arguments,
                                                 Setups&&... setups) {
    const char* const* argv = build_argv_(program, arguments);
    namespace posix = process_v2::posix::detail;
    failure = posix::on_setup(*this, program, argv, setups...);
    if (failure) return process_v2::basic_process<Executor>(executor);
    // For the descriptor by which the process is awaited (pidfd_open(2)): one that runs already
    // when there is none left would do its work unwatched.
    const int reserved = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (reserved < 0) {
      failure.assign(errno, boost::system::system_category());
      return process_v2::basic_process<Executor>(executor);
    }
    // The child shares this memory while the thread waits, so it is as a call of this thread: it
    // returns from no function that called vfork, and what it writes is read after it has gone.
    // NOLINTBEGIN(clang-analyzer-security.insecureAPI.vfork,clang-analyzer-unix.Vfork)
    const pid_t child = ::vfork();
    if (child == 0) {
      failure = posix::on_exec_setup(*this, program, argv, setups...);
      if (!failure) close_all_fds(failure);
      if (!failure) {
        ::execve(program.c_str(), const_cast<char* const*>(argv), const_cast<char* const*>(env));
        failure.assign(errno, boost::system::system_category());
      }
      ::_exit(127);
    }
    // NOLINTEND(clang-analyzer-security.insecureAPI.vfork,clang-analyzer-unix.Vfork)
    if (child < 0) failure.assign(errno, boost::system::system_category());
    ::close(reserved);
    if (failure && child > 0) ::waitpid(child, nullptr, 0);
    if (failure) return process_v2::basic_process<Executor>(executor);
    return process_v2::basic_process<Executor>(executor, child);
  }
};

/// This process's own environment with the command's variables on top: NAME=VALUE.
std::vector<std::string> environment_of(const Command& command) {
  std::vector<std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto same_name = [text](const auto& variable) {
      return text.substr(0, text.find('=')) == variable.first;
    };
    if (std::ranges::none_of(command.environment, same_name)) variables.emplace_back(text);
  }
  for (const auto& [key, value] : command.environment) {
    variables.emplace_back(key).append("=").append(value);
  }
  return variables;
}

process_v2::process launch(boost::asio::io_context& context, const Command& command, int out,
                           int err) {
  const std::string& name = command.argv.front();
  const bool is_path = name.find('/') != std::string::npos;
  const process_v2::filesystem::path program =
      is_path ? process_v2::filesystem::path(name) : process_v2::environment::find_executable(name);
  if (program.empty()) throw std::runtime_error("not found in PATH");

  const std::vector<std::string> arguments(command.argv.begin() + 1, command.argv.end());
  const std::vector<std::string> variables = environment_of(command);
  std::vector<const char*> environment;
  environment.reserve(variables.size() + 1);
  for (const std::string& variable : variables) {
    environment.push_back(variable.c_str());
  }
  environment.push_back(nullptr);

  error_code failure;
  const auto launch_by = [&](auto launcher) {
    return launcher(context.get_executor(), failure, program, arguments,
                    process_v2::process_stdio{nullptr, out, err},
                    ChildSetup{environment.data(), command.strays, command.orphaned});
  };
  // The keeper goes on after exec of its child, with memory of its own.
  process_v2::process process = command.strays == Command::Strays::kEnded
                                    ? launch_by(process_v2::default_process_launcher())
                                    : launch_by(SharedMemoryLauncher());
  if (failure) throw boost::system::system_error(failure);
  return process;
}

}  // namespace

namespace {

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

}  // namespace

pid_t start_in_own_session(const std::string& path, std::vector<std::string> argv, int input) {
  SpawnSettings settings;
  ::posix_spawn_file_actions_adddup2(&settings.files, input, STDIN_FILENO);
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
  pid_t child = -1;
  const int error = ::posix_spawn(&child, path.c_str(), &settings.files, &settings.attributes,
                                  arguments.data(), environ);
  if (error != 0) throw std::system_error(error, std::generic_category());
  return child;
}

struct ChildProcess::Handle {
  process_v2::process process;
};

ChildProcess::ChildProcess(boost::asio::io_context& context, const Command& command, int out,
                           int err)
    : handle_(new Handle{launch(context, command, out, err)}) {}
ChildProcess::~ChildProcess() = default;

pid_t ChildProcess::id() const {
  return handle_->process.id();
}

void ChildProcess::when_ended(std::function<void(int)> done) {
  process_v2::process& process = handle_->process;
  process.async_wait([&process, done = std::move(done)](const error_code&, int) {
    done(process.native_exit_code());
  });
}

void ChildProcess::detach() {
  handle_->process.detach();
}

}  // namespace capmin
