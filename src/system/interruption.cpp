#include "system/interruption.h"

#include "core/error.h"
#include "system/process_limits.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <optional>
#include <thread>
#include <unistd.h>
#include <utility>

namespace capmin {
namespace {

constexpr long long kOneSignal = 1000;  // milliseconds
constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};

/// What the handler tells the thread; number 0 tells it to end.
struct Arrival {
  int number = 0;
  long long milliseconds = 0;  ///< since a time in the past, CLOCK_MONOTONIC
};

/// The pipe from the handler to the thread. It is never closed: a handler may be at work on another
/// thread while an Interruption ends.
struct ArrivalPipe {
  ArrivalPipe() {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw Error(ExitCode::kEngine, "cannot prepare for signals: " + error_text(errno),
                  limits_hint(true));
    }
    ::fcntl(ends[1], F_SETFL, O_NONBLOCK);
  }
  std::array<int, 2> ends{-1, -1};
};

const ArrivalPipe& arrival_pipe() {
  static const ArrivalPipe pipe;
  return pipe;
}

/// Where the handler writes; -1 where nobody reads.
std::atomic<int> arrivals = -1;
static_assert(std::atomic<int>::is_always_lock_free);

/// The handler; calls only what one may call, signal-safety(7). The pipe does not block: it holds
/// more signals than anybody sends in a second.
void arrive(int number) {
  const int error = errno;
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const Arrival arrival{
      .number = number,
      .milliseconds = static_cast<long long>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000};
  const int pipe = arrivals;
  if (pipe >= 0) [[maybe_unused]]
    const auto ignored = ::write(pipe, &arrival, sizeof arrival);
  errno = error;
}

}  // namespace

struct Interruption::State {
  std::optional<std::string> last_words;
  std::stop_source stop;
  std::atomic<int> signal = 0;
  std::array<struct sigaction, kSignals.size()> before{};
  std::jthread thread;

  void handle_signals() {
    struct sigaction action {};
    action.sa_handler = arrive;
    action.sa_flags = SA_RESTART;
    ::sigfillset(&action.sa_mask);
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      ::sigaction(kSignals[i], &action, &before[i]);
    }
  }

  void restore_signals() const {
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      ::sigaction(kSignals[i], &before[i], nullptr);
    }
  }

  void watch(int pipe) {
    std::optional<Arrival> first;
    Arrival arrival;
    for (;;) {
      const ssize_t size = ::read(pipe, &arrival, sizeof arrival);
      if (size < 0 && errno == EINTR) continue;
      if (size != static_cast<ssize_t>(sizeof arrival) || arrival.number == 0) return;
      if (!first) {
        first = arrival;
        signal = arrival.number;
        stop.request_stop();
      } else if (last_words && arrival.milliseconds - first->milliseconds >= kOneSignal) {
        [[maybe_unused]] const auto ignored =
            ::write(STDERR_FILENO, last_words->data(), last_words->size());
        ::_exit(128 + arrival.number);
      }
    }
  }
};

Interruption::Interruption(std::optional<std::string> last_words)
    : state_(std::make_unique<State>()) {
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  state_->last_words = std::move(last_words);
  const auto [read_end, write_end] = arrival_pipe().ends;
  state_->thread = std::jthread([state = state_.get(), pipe = read_end] { state->watch(pipe); });
  arrivals = write_end;
  state_->handle_signals();
}

Interruption::~Interruption() {
  if (state_->signal == 0) state_->restore_signals();
  const int pipe = arrivals.exchange(-1);
  const Arrival end;
  // Full is what the thread is about to read.
  while (::write(pipe, &end, sizeof end) < 0 && errno == EAGAIN)
    std::this_thread::yield();
}

std::stop_token Interruption::token() const {
  return state_->stop.get_token();
}

int Interruption::signal() const {
  return state_->signal;
}

ExitCode Interruption::exit_code() const {
  return signal() == SIGINT ? ExitCode::kInterrupted : ExitCode::kTerminated;
}

}  // namespace capmin
