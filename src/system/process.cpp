#include "system/process.h"

#include "core/error.h"
#include "system/child_process.h"
#include "system/process_limits.h"

#include <boost/asio/connect_pipe.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/writable_pipe.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>
#include <future>
#include <new>
#include <optional>
#include <set>
#include <signal.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace capmin {

void CappedText::append(std::string_view text) {
  const std::size_t room = std::min(half_ - head_.size(), text.size());
  head_ += text.substr(0, room);
  tail_ += text.substr(room);
  if (tail_.size() > 2 * half_) {
    left_out_ += tail_.size() - half_;
    tail_.erase(0, tail_.size() - half_);
  }
}

std::string CappedText::take() {
  if (tail_.size() > half_) {
    left_out_ += tail_.size() - half_;
    tail_.erase(0, tail_.size() - half_);
  }
  if (left_out_ > 0) {
    head_ += "\n[... " + std::to_string(left_out_) + " bytes left out ...]\n";
  }
  return std::move(head_) + tail_;
}

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Ending = ProcessResult::Ending;

/// A keeper kills after its own second; killed itself, it would leave strays behind.
constexpr std::chrono::milliseconds kGraceOfKeeper{10'000};
constexpr std::chrono::milliseconds kGraceAfterKill{2000};
/// A descendant may hold a pipe open for ever; what it has to say after its parent's end is not
/// part of the answer.
constexpr std::chrono::milliseconds kGraceForPipes{100};

/// One program from start to end. Lives on the loop's thread; its pending operations own it.
class Job : public std::enable_shared_from_this<Job> {
 public:
  Job(asio::io_context& context, Command command, std::function<void(ProcessResult)> done)
      : command_(std::move(command)),
        done_(std::move(done)),
        context_(context),
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

  void not_started(std::string failure, int error);
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
  asio::io_context& context_;
  std::optional<ChildProcess> process_;
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
  } catch (const std::bad_alloc&) {
    return not_started(name + ": " + error_text(ENOMEM), ENOMEM);
  } catch (const boost::system::system_error& failure) {
    const int error = failure.code().value();
    return not_started(name + ": " + error_text(error), error);
  } catch (const std::exception& error) {
    return not_started(name + ": " + error.what(), 0);
  }
  group_ = process_->id();
  read(out_);
  if (command_.streams == Command::Streams::kSeparate) read(err_);
  process_->when_ended([self = shared_from_this()](int status) { self->exited(status); });
  deadline_.expires_after(command_.deadline);
  deadline_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (!cancelled) self->end(Ending::kDeadline);
  });
}

void Job::not_started(std::string failure, int error) {
  finished_ = true;
  ProcessResult result;
  result.failure = std::move(failure);
  result.error = error;
  done_(std::move(result));
}

void Job::spawn() {
  asio::writable_pipe out(context_);
  asio::writable_pipe err(context_);
  asio::connect_pipe(out_.pipe, out);
  const bool is_merged = command_.streams == Command::Streams::kMerged;
  if (!is_merged) asio::connect_pipe(err_.pipe, err);
  process_.emplace(context_, command_, out.native_handle(),
                   is_merged ? out.native_handle() : err.native_handle());
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
  // A stopped process does not heed it otherwise, and its keeper has others to end.
  kill_group(SIGCONT);
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
    process_->detach();
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

ProcessRunner::ProcessRunner() {
  constexpr const char* kAttempt = "cannot prepare for running programs: ";
  try {
    loop_ = std::make_unique<Loop>();
  } catch (const boost::system::system_error& error) {
    throw Error(ExitCode::kEngine, kAttempt + error_text(error.code().value()), limits_hint(true));
  } catch (const std::system_error& error) {
    throw Error(ExitCode::kEngine, kAttempt + error_text(error.code().value()), limits_hint(true));
  }
}

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
