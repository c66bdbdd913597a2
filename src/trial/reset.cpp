#include "trial/reset.h"

#include "core/error.h"
#include "system/file.h"

#include <chrono>

namespace capmin {
namespace {

constexpr std::chrono::minutes kDeadline{10};
constexpr std::size_t kOutputLimit = 64U << 10U;

std::string how_it_ended(const ProcessResult& result) {
  switch (result.ending) {
    case ProcessResult::Ending::kExited:
      return "exit status " + std::to_string(result.status);
    case ProcessResult::Ending::kSignaled:
      return "ended by signal " + std::to_string(result.status);
    case ProcessResult::Ending::kDeadline:
      return "not done within " + std::to_string(kDeadline.count()) + " minutes";
    case ProcessResult::Ending::kNotStarted:
      return result.failure;
    case ProcessResult::Ending::kStopped:
      break;
  }
  return "stopped";
}

}  // namespace

bool put_back(const Reset& reset, int number, const Engine& engine, ProcessRunner& runner,
              const std::stop_token& stop, Outcome& outcome) {
  if (reset.path.empty()) return true;
  if (sha256(read_file(reset.path)) != reset.sha256) {
    throw Error(ExitCode::kUsage, "the file of --reset, " + reset.path + ", was changed meanwhile",
                "run capmin again: all trials must begin alike");
  }
  // What it starts may be meant to stay, such as the monitor of a container of podman's.
  const ProcessResult result =
      runner.run({.argv = {reset.path},
                  .environment = {{"CAPMIN_ENGINE", engine.name()},
                                  {"CAPMIN_PHASE", "reset"},
                                  {"CAPMIN_TRIAL", std::to_string(number)}},
                  .deadline = kDeadline,
                  .output_limit = kOutputLimit,
                  .streams = Command::Streams::kMerged},
                 stop);
  if (result.ok()) return true;
  if (stop.stop_requested()) {
    outcome.decide(Verdict::kUndecided, Ending::kInterrupted);
    return false;
  }
  outcome.reset_failure = how_it_ended(result);
  outcome.probe_output = result.out;
  outcome.decide(Verdict::kUndecided, Ending::kNotReset);
  return false;
}

}  // namespace capmin
