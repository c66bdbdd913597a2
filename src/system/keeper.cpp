#include "system/keeper.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace capmin {
namespace {

constexpr long kMillisecond = 1'000'000;  // nanoseconds
constexpr int kGraceAfterTerm = 1000;     // milliseconds
/// A program that forks faster than it can be killed is given up after so many rounds.
constexpr int kMostRounds = 1000;

/// In milliseconds.
long long now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<long long>(time.tv_sec) * 1000 + time.tv_nsec / kMillisecond;
}

/// Kills the children that the kernel lists, proc(5); theirs become ours.
void kill_children() {
  std::array<char, 16384> text{};
  const int file = ::open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  const ssize_t size = ::read(file, text.data(), text.size());
  ::close(file);
  pid_t pid = 0;
  for (ssize_t i = 0; i < size; ++i) {
    const char letter = text[static_cast<std::size_t>(i)];
    if (letter >= '0' && letter <= '9') {
      pid = pid * 10 + (letter - '0');
    } else {
      // A number that is cut off at the end is not used.
      if (pid > 0) ::kill(pid, SIGKILL);
      pid = 0;
    }
  }
}

void kill_descendants() {
  for (int round = 0; round < kMostRounds; ++round) {
    kill_children();
    pid_t ended = 0;
    do {
      ended = ::waitpid(-1, nullptr, WNOHANG);
    } while (ended > 0);
    if (ended < 0) return;
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

[[noreturn]] void keep(pid_t program) {
  constexpr int kPoll = 100;  // milliseconds
  // The pipes of the program are not ours.
  ::close_range(0, ~0U, 0);
  sigset_t awaited;
  ::sigemptyset(&awaited);
  ::sigaddset(&awaited, SIGCHLD);
  ::sigaddset(&awaited, SIGTERM);
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
    const timespec patience{.tv_sec = 0, .tv_nsec = kPoll * kMillisecond};
    if (::sigtimedwait(&awaited, nullptr, end == 0 ? nullptr : &patience) == SIGTERM && end == 0) {
      ::kill(-program, SIGTERM);
      end = now() + kGraceAfterTerm;
    }
  }
}

}  // namespace

bool continue_under_keeper() {
  // Handlers are those of the process that was forked; they are of no use here.
  for (const int number : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) {
    static_cast<void>(std::signal(number, SIG_DFL));
  }
  sigset_t awaited;
  sigset_t before;
  ::sigemptyset(&awaited);
  ::sigaddset(&awaited, SIGCHLD);
  ::sigaddset(&awaited, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &awaited, &before);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  ::prctl(PR_SET_NAME, "capmin-keeper");
  const pid_t program = ::_Fork();
  if (program > 0) {
    ::setpgid(program, program);
    keep(program);
  }
  if (program < 0) return false;
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  return true;
}

}  // namespace capmin
