#include "system/keeper.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
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

}  // namespace capmin
