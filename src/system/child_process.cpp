#include "system/child_process.h"

#include "system/keeper.h"

#include <boost/asio/io_context.hpp>
#include <boost/process/v2/environment.hpp>
#include <boost/process/v2/posix/default_launcher.hpp>
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <signal.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace capmin {
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
