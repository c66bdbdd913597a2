#include "system/process.h"

#include "system/capped_text.h"
#include "system/keeper.h"

#include <boost/asio/connect_pipe.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/writable_pipe.hpp>
#include <boost/process/v2/environment.hpp>
#include <boost/process/v2/posix/default_launcher.hpp>
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <fcntl.h>
#include <future>
#include <optional>
#include <set>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace capmin {
namespace {

namespace asio = boost::asio;
namespace process_v2 = boost::process::v2;
using boost::system::error_code;
using Ending = ProcessResult::Ending;

/// A keeper kills after its own second; killed itself, it would leave strays behind.
constexpr std::chrono::milliseconds kGraceOfKeeper{10'000};
constexpr std::chrono::milliseconds kGraceAfterKill{2000};
/// A descendant may hold a pipe open for ever; what it has to say after its parent's end is not
/// part of the answer.
constexpr std::chrono::milliseconds kGraceForPipes{100};

/// Gives the child its environment, a process group of its own, default signal handling and an end
/// when capmin ends, however that comes about.
struct ChildSetup {
  /// Entries and a null pointer at the end; in Boost 1.81 the library's own initializer for this
  /// (process_environment) has no definition to link with.
  const char* const* environment;
  Command::Strays strays;

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
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    static_cast<void>(::signal(SIGPIPE, SIG_DFL));
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

/// One program from start to end. Lives on the loop's thread; its pending operations own it.
class Job : public std::enable_shared_from_this<Job> {
 public:
  Job(asio::io_context& context, Command command, std::function<void(ProcessResult)> done)
      : command_(std::move(command)),
        done_(std::move(done)),
        process_(context),
        out_(context, command_.output_limit),
        err_(context, command_.output_limit),
        deadline_(context),
        grace_(context) {}

  ~Job() {
    if (!finished_) kill_group(is_kept() ? SIGTERM : SIGKILL);
  }
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  void launch();
  /// Ends the program by force, for the reason `ending`.
  void end(Ending ending);

 private:
  struct Stream {
    Stream(asio::io_context& context, std::size_t limit) : pipe(context), text(limit) {}
    asio::readable_pipe pipe;
    CappedText text;
    std::array<char, 16384> buffer{};
  };

  void spawn();
  void read(Stream& stream);
  void exited(int native_status);
  void kill_group(int signal) const;
  /// Whether the process that was started is the program's keeper, and not the program.
  bool is_kept() const { return command_.strays == Command::Strays::kEnded; }
  bool pipes_closed() const { return !out_.pipe.is_open() && !err_.pipe.is_open(); }
  void finish();

  Command command_;
  std::function<void(ProcessResult)> done_;
  process_v2::process process_;
  pid_t group_ = -1;
  Stream out_;
  Stream err_;
  asio::steady_timer deadline_;
  asio::steady_timer grace_;
  std::optional<Ending> forced_;
  std::optional<int> native_status_;
  bool finished_ = false;
};

void Job::launch() {
  const std::string& name = command_.argv.front();
  try {
    spawn();
  } catch (const std::exception& error) {
    finished_ = true;
    ProcessResult result;
    result.failure = name + ": " + error.what();
    done_(std::move(result));
    return;
  }
  group_ = process_.id();
  read(out_);
  if (command_.streams == Command::Streams::kSeparate) read(err_);
  process_.async_wait([self = shared_from_this()](const error_code&, int) {
    self->exited(self->process_.native_exit_code());
  });
  deadline_.expires_after(command_.deadline);
  deadline_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (!cancelled) self->end(Ending::kDeadline);
  });
}

void Job::spawn() {
  const std::string& name = command_.argv.front();
  const bool is_path = name.find('/') != std::string::npos;
  const process_v2::filesystem::path program =
      is_path ? process_v2::filesystem::path(name) : process_v2::environment::find_executable(name);
  if (program.empty()) throw std::runtime_error("not found in PATH");

  std::vector<std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto same_name = [text](const auto& variable) {
      return text.substr(0, text.find('=')) == variable.first;
    };
    if (std::ranges::none_of(command_.environment, same_name)) variables.emplace_back(text);
  }
  for (const auto& [key, value] : command_.environment) {
    variables.emplace_back(key).append("=").append(value);
  }
  std::vector<const char*> environment;
  environment.reserve(variables.size() + 1);
  for (const std::string& variable : variables) {
    environment.push_back(variable.c_str());
  }
  environment.push_back(nullptr);

  asio::writable_pipe out(process_.get_executor());
  asio::writable_pipe err(process_.get_executor());
  asio::connect_pipe(out_.pipe, out);
  if (command_.streams == Command::Streams::kSeparate) asio::connect_pipe(err_.pipe, err);
  const int err_target =
      command_.streams == Command::Streams::kSeparate ? err.native_handle() : out.native_handle();
  const std::vector<std::string> arguments(command_.argv.begin() + 1, command_.argv.end());
  error_code failure;
  const auto launch_by = [&](auto launcher) {
    process_ = launcher(process_.get_executor(), failure, program, arguments,
                        process_v2::process_stdio{nullptr, out.native_handle(), err_target},
                        ChildSetup{environment.data(), command_.strays});
  };
  // The keeper goes on after exec of its child, with memory of its own.
  if (is_kept()) {
    launch_by(process_v2::default_process_launcher());
  } else {
    launch_by(SharedMemoryLauncher());
  }
  if (failure) throw std::runtime_error(failure.message());
}

void Job::read(Stream& stream) {
  stream.pipe.async_read_some(
      asio::buffer(stream.buffer),
      [self = shared_from_this(), &stream](const error_code& error, std::size_t count) {
        const std::string_view piece(stream.buffer.data(), count);
        if (&stream == &self->out_ && self->command_.reader) {
          self->command_.reader(piece);
        } else {
          stream.text.append(piece);
        }
        if (!error) return self->read(stream);
        stream.pipe.close();
        if (self->native_status_ && self->pipes_closed()) self->finish();
      });
}

void Job::end(Ending ending) {
  if (finished_ || native_status_ || forced_) return;
  forced_ = ending;
  kill_group(SIGTERM);
  grace_.expires_after(is_kept() ? kGraceOfKeeper : command_.grace);
  grace_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (cancelled) return;
    self->kill_group(SIGKILL);
    self->grace_.expires_after(kGraceAfterKill);
    self->grace_.async_wait([self](const error_code& cancelled_too) {
      if (!cancelled_too) self->finish();
    });
  });
}

void Job::exited(int native_status) {
  if (finished_) return;
  native_status_ = native_status;
  kill_group(SIGKILL);
  if (pipes_closed()) return finish();
  grace_.expires_after(kGraceForPipes);
  grace_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (!cancelled) self->finish();
  });
}

void Job::kill_group(int signal) const {
  if (group_ > 0) ::kill(-group_, signal);
}

void Job::finish() {
  if (finished_) return;
  finished_ = true;
  error_code ignored;
  out_.pipe.close(ignored);
  err_.pipe.close(ignored);
  deadline_.cancel();
  grace_.cancel();
  ProcessResult result;
  result.out = out_.text.take();
  result.err = err_.text.take();
  if (!native_status_) {
    process_.detach();
    result.ending = *forced_;
  } else if (forced_) {
    result.ending = *forced_;
  } else if (WIFSIGNALED(*native_status_)) {
    result.ending = Ending::kSignaled;
    result.status = WTERMSIG(*native_status_);
  } else {
    result.ending = Ending::kExited;
    result.status = WEXITSTATUS(*native_status_);
  }
  done_(std::move(result));
}

}  // namespace

struct ProcessRunner::Loop {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::jthread thread{[this] { context.run(); }};
};

ProcessRunner::ProcessRunner() : loop_(std::make_unique<Loop>()) {}

ProcessRunner::~ProcessRunner() {
  loop_->work.reset();
  loop_->context.stop();
}

void ProcessRunner::start(Command command, std::stop_token stop,
                          std::function<void(ProcessResult)> done) {
  struct Watched {
    std::shared_ptr<Job> job;
    std::optional<std::stop_callback<std::function<void()>>> callback;
  };
  auto watched = std::make_shared<Watched>();
  // Arguments behind the second may hold secrets.
  const std::string shown =
      command.argv.front() + ' ' + (command.argv.size() > 1 ? command.argv[1] : "");
  const auto begin = std::chrono::steady_clock::now();
  watched->job = std::make_shared<Job>(
      loop_->context, std::move(command),
      [watched, done = std::move(done), shown, begin](ProcessResult result) {
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
        spdlog::debug("{}: status {} after {:.3f} s", shown, result.status, took.count());
        watched->callback.reset();
        watched->job.reset();
        done(std::move(result));
      });
  asio::post(loop_->context, [this, watched, stop = std::move(stop)] {
    const std::shared_ptr<Job> job = watched->job;
    job->launch();
    if (watched->job == nullptr || !stop.stop_possible()) return;
    watched->callback.emplace(stop, [this, weak = std::weak_ptr<Job>(job)] {
      asio::post(loop_->context, [weak] {
        if (const auto alive = weak.lock()) alive->end(Ending::kStopped);
      });
    });
  });
}

ProcessResult ProcessRunner::run(const Command& command, const std::stop_token& stop) {
  std::promise<ProcessResult> promise;
  std::future<ProcessResult> result = promise.get_future();
  start(command, stop, [&promise](ProcessResult value) { promise.set_value(std::move(value)); });
  return result.get();
}

}  // namespace capmin
