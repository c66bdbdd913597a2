#include "system/process.h"

#include <doctest/doctest.h>

#include <condition_variable>
#include <csignal>
#include <future>
#include <mutex>
#include <thread>

namespace capmin {
namespace {

using namespace std::chrono_literals;
using Ending = ProcessResult::Ending;

Command shell(const std::string& script) {
  return {.argv = {"sh", "-c", script}};
}

TEST_CASE("a program's exit status and both its streams come back") {
  ProcessRunner runner;
  const ProcessResult result = runner.run(shell("echo out; echo err >&2; exit 7"));
  CHECK(result.ending == Ending::kExited);
  CHECK(result.status == 7);
  CHECK(result.out == "out\n");
  CHECK(result.err == "err\n");
  CHECK_FALSE(result.ok());
}

TEST_CASE("merged streams keep the order of writing") {
  ProcessRunner runner;
  Command command = shell("echo 1; echo 2 >&2; echo 3");
  command.streams = Command::Streams::kMerged;
  const ProcessResult result = runner.run(command);
  CHECK(result.out == "1\n2\n3\n");
  CHECK(result.err.empty());
}

TEST_CASE("H13: arguments arrive byte for byte, without a shell") {
  ProcessRunner runner;
  const ProcessResult result =
      runner.run({.argv = {"printf", "%s|", "", "a b", "$(id)", "\n", "--"}});
  CHECK(result.out == "|a b|$(id)|\n|--|");
}

TEST_CASE("variables of the command replace those of the environment") {
  ProcessRunner runner;
  Command command = shell("echo $HOME $CAPMIN_X; env | grep -c ^HOME=");
  command.environment = {{"HOME", "/nowhere"}, {"CAPMIN_X", "x=y"}};
  CHECK(runner.run(command).out == "/nowhere x=y\n1\n");
}

TEST_CASE("H5: standard input is empty") {
  ProcessRunner runner;
  CHECK(runner.run({.argv = {"cat"}}).ok());
}

TEST_CASE("a program that is not there never started, and says so") {
  ProcessRunner runner;
  const ProcessResult missing = runner.run({.argv = {"capmin-no-such-program"}});
  CHECK(missing.ending == Ending::kNotStarted);
  CHECK(missing.failure == "capmin-no-such-program: not found in PATH");
  const ProcessResult directory = runner.run({.argv = {"/etc"}});
  CHECK(directory.ending == Ending::kNotStarted);
  CHECK(directory.failure.find("Permission denied") != std::string::npos);
}

TEST_CASE("death by a signal is told apart from an exit") {
  ProcessRunner runner;
  const ProcessResult result = runner.run(shell("kill -9 $$"));
  CHECK(result.ending == Ending::kSignaled);
  CHECK(result.status == 9);
}

TEST_CASE("H1: the deadline ends a program, even one that ignores SIGTERM") {
  ProcessRunner runner;
  Command command = shell("trap '' TERM; while :; do sleep 1; done");
  command.deadline = 50ms;
  CHECK(runner.run(command).ending == Ending::kDeadline);
}

TEST_CASE("a requested stop ends a program") {
  ProcessRunner runner;
  std::stop_source stop;
  stop.request_stop();
  CHECK(runner.run(shell("sleep 1000"), stop.get_token()).ending == Ending::kStopped);
}

TEST_CASE("H2: a grandchild that keeps the pipe open is not waited for, and is killed") {
  ProcessRunner runner;
  const ProcessResult result = runner.run(shell("sleep 1000 & echo $!"));
  CHECK(result.ok());
  // The group is gone: the state is a zombie's, or the process is no longer there.
  const std::string pid = result.out.substr(0, result.out.find('\n'));
  const ProcessResult state =
      runner.run(shell("for i in $(seq 1000); do grep -q 'State:.*[SR] ' /proc/" + pid +
                       "/status 2>/dev/null || exit 0; done; exit 1"));
  CHECK(state.ok());
}

/// The same with a keeper.
Command kept_shell(const std::string& script) {
  Command command = shell(script);
  command.strays = Command::Strays::kEnded;
  return command;
}

bool runs(const std::string& pid) {
  return ::kill(std::stoi(pid), 0) == 0;
}

TEST_CASE("H2: descendants that left the group end with the program, whoever their parent was") {
  ProcessRunner runner;
  const ProcessResult child = runner.run(kept_shell("setsid sleep 1000 & echo $!"));
  CHECK(child.ok());
  CHECK_FALSE(runs(child.out));
  const ProcessResult orphan =
      runner.run(kept_shell("setsid sh -c 'setsid sleep 1000 & echo $!'; exit 3"));
  CHECK(orphan.status == 3);
  CHECK_FALSE(runs(orphan.out));
}

TEST_CASE("H2: they end with a program that is ended by its deadline") {
  ProcessRunner runner;
  Command command =
      kept_shell("trap '' TERM; setsid sleep 1000 & echo $!; while :; do sleep 1; done");
  command.deadline = 300ms;
  const ProcessResult result = runner.run(command);
  CHECK(result.ending == Ending::kDeadline);
  CHECK_FALSE(runs(result.out));
}

bool ends_within(const std::string& pid, std::chrono::seconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (runs(pid) && std::chrono::steady_clock::now() < end) {
    std::this_thread::yield();
  }
  return !runs(pid);
}

TEST_CASE("H2: a program that kills or stops its keeper ends as it would, and so do descendants") {
  ProcessRunner runner;
  for (const char* const signal : {"KILL", "STOP", "TERM"}) {
    CAPTURE(signal);
    const ProcessResult result = runner.run(
        kept_shell("trap '' TERM; setsid sleep 1000 & echo $!; kill -" + std::string(signal) +
                   " $PPID; i=0; while [ $i -lt 1000 ]; do i=$((i + 1)); done; exit 3"));
    CHECK(result.ending == Ending::kExited);
    CHECK(result.status == 3);
    CHECK(ends_within(result.out, 20s));
  }
  Command endless = kept_shell("setsid sleep 1000 & echo $!; kill -KILL $PPID; sleep 1000");
  endless.deadline = 300ms;
  const ProcessResult result = runner.run(endless);
  CHECK(result.ending == Ending::kDeadline);
  CHECK_FALSE(runs(result.out));
}

TEST_CASE("H2: a program that kills or stops who stands by its keeper leaves nothing either") {
  ProcessRunner runner;
  const std::string find = "read -r _ _ _ other _ </proc/$PPID/stat; setsid sleep 1000 & echo $!; ";
  const ProcessResult killed = runner.run(kept_shell(find + "kill -KILL $other; sleep 1000"));
  CHECK(killed.ending == Ending::kSignaled);
  CHECK(ends_within(killed.out, 20s));
  Command stopping = kept_shell(find + "kill -STOP $other; exit 0");
  stopping.deadline = 300ms;
  const ProcessResult stopped = runner.run(stopping);
  CHECK(stopped.ending == Ending::kDeadline);
  CHECK(ends_within(stopped.out, 20s));
}

TEST_CASE("H2: a program's end leaves those of a program beside it alone") {
  ProcessRunner runner;
  std::stop_source stop;
  std::promise<ProcessResult> ended;
  std::promise<std::string> started;
  Command command = kept_shell("setsid sleep 1000 & echo $!; wait");
  command.reader = [&started](std::string_view piece) {
    if (!piece.empty()) started.set_value(std::string(piece));
  };
  runner.start(command, stop.get_token(),
               [&ended](ProcessResult result) { ended.set_value(std::move(result)); });
  const std::string stray = started.get_future().get();
  CHECK(runner.run(kept_shell("setsid sleep 1000 & exit 0")).ok());
  CHECK(runs(stray));
  stop.request_stop();
  CHECK(ended.get_future().get().ending == Ending::kStopped);
  CHECK_FALSE(runs(stray));
}

TEST_CASE("a program with a keeper ends as it would without") {
  ProcessRunner runner;
  CHECK(runner.run(kept_shell("exit 7")).status == 7);
  const ProcessResult killed = runner.run(kept_shell("kill -9 $$"));
  CHECK(killed.ending == Ending::kSignaled);
  CHECK(killed.status == 9);
  CHECK(runner.run(kept_shell("kill -TERM $$")).status == 15);
  const ProcessResult both = runner.run(kept_shell("echo out; echo err >&2; cat"));
  CHECK(both.ok());
  CHECK(both.out == "out\n");
  CHECK(both.err == "err\n");
  Command missing = kept_shell("");
  missing.argv = {"/etc"};
  CHECK(runner.run(missing).failure.find("Permission denied") != std::string::npos);
  CHECK(runner.run(kept_shell("grep -q 'SigBlk:.0*$' /proc/self/status")).ok());
}

TEST_CASE("H4: endless output needs bounded memory and keeps its beginning and its end") {
  ProcessRunner runner;
  Command command = shell("echo first; head -c 3000000 /dev/zero; echo; echo last");
  command.output_limit = 1000;
  const ProcessResult result = runner.run(command);
  CHECK(result.out.size() < 1100);
  CHECK(result.out.starts_with("first\n"));
  CHECK(result.out.ends_with("last\n"));
  CHECK(result.out.find("bytes left out") != std::string::npos);
}

TEST_CASE("many programs run side by side") {
  ProcessRunner runner;
  std::mutex mutex;
  std::condition_variable changed;
  int done = 0;
  for (int i = 0; i < 20; ++i) {
    runner.start(shell("exit 0"), {}, [&](const ProcessResult& result) {
      const std::scoped_lock lock(mutex);
      done += result.ok() ? 1 : 0;
      changed.notify_all();
    });
  }
  std::unique_lock lock(mutex);
  CHECK(changed.wait_for(lock, 20s, [&] { return done == 20; }));
}

}  // namespace
}  // namespace capmin
