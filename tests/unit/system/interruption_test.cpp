#include "system/interruption.h"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace capmin {
namespace {

using namespace std::chrono_literals;

/// How a process ends that does `work`.
template <typename Work>
int ending_of(Work work) {
  const pid_t child = ::fork();
  if (child == 0) {
    work();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

void wait_for_stop(const Interruption& interruption) {
  while (!interruption.token().stop_requested()) {
    std::this_thread::yield();
  }
}

/// Signals the process again and again, until it ends or `time` is over.
void insist(int number, std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
    ::kill(::getpid(), number);
    std::this_thread::yield();
  }
}

TEST_CASE("signals that come within a second are one, of the same kind or of two") {
  for (const int second : {SIGTERM, SIGINT, SIGHUP}) {
    const int status = ending_of([second] {
      const Interruption interruption("last words\n");
      ::kill(::getpid(), SIGTERM);
      ::kill(::getpid(), second);
      wait_for_stop(interruption);
      insist(second, 100ms);
      ::_exit(interruption.signal() == SIGTERM ? 7 : 8);
    });
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 7);
  }
}

TEST_CASE("a signal that comes later than a second after the first ends the program at once") {
  const int status = ending_of([] {
    const Interruption interruption("");
    ::kill(::getpid(), SIGTERM);
    wait_for_stop(interruption);
    insist(SIGINT, 60s);
  });
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 128 + SIGINT);
}

TEST_CASE("where the parent decides, no later signal ends a process at once") {
  const int status = ending_of([] {
    const Interruption interruption;
    ::kill(::getpid(), SIGTERM);
    wait_for_stop(interruption);
    insist(SIGTERM, 1200ms);
  });
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a repetition that comes when all is cleaned up changes nothing") {
  const int status = ending_of([] {
    {
      const Interruption interruption("");
      ::kill(::getpid(), SIGTERM);
      wait_for_stop(interruption);
    }
    ::kill(::getpid(), SIGTERM);
    ::_exit(7);
  });
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 7);
}

TEST_CASE("without a signal everything is as before") {
  const int status = ending_of([] {
    static_cast<void>(std::signal(SIGTERM, SIG_DFL));
    { const Interruption interruption(""); }
    { const Interruption interruption(""); }
    ::kill(::getpid(), SIGTERM);
    ::_exit(7);
  });
  REQUIRE(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGTERM);
}

}  // namespace
}  // namespace capmin
