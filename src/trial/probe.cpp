#include "trial/probe.h"

#include "core/error.h"
#include "system/file.h"
#include "system/process_limits.h"
#include "trial/network_check.h"

#include <algorithm>

namespace capmin {
namespace {

constexpr std::size_t kOutputLimit = 64U << 10U;

ProbeAttempt judged(ProcessResult result) {
  using Result = ProbeAttempt::Result;
  ProbeAttempt attempt;
  attempt.output = std::move(result.out);
  switch (result.ending) {
    case ProcessResult::Ending::kExited:
      attempt.exit = result.status;
      attempt.result = result.status == 0                    ? Result::kPassed
                       : result.status == kCannotJudgeStatus ? Result::kCannotJudge
                                                             : Result::kFailed;
      break;
    case ProcessResult::Ending::kSignaled:
      attempt.result = Result::kFailed;
      break;
    case ProcessResult::Ending::kDeadline:
      attempt.result = Result::kNoAnswer;
      break;
    case ProcessResult::Ending::kStopped:
      attempt.result = Result::kStopped;
      break;
    case ProcessResult::Ending::kNotStarted:
      // That says nothing about the probe.
      if (is_of_limits(result.error)) {
        throw Error(ExitCode::kEngine, "cannot start the probe: " + result.failure,
                    limits_hint(true));
      }
      attempt.result = Result::kCannotJudge;
      attempt.output = result.failure;
      break;
  }
  return attempt;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> probe_environment(const ProbeTarget& target,
                                                                   const std::string& engine) {
  std::vector<std::pair<std::string, std::string>> variables{
      {"CAPMIN_CONTAINER", target.container},
      {"CAPMIN_NAME", target.name},
      {"CAPMIN_IP", target.ip},
      {"CAPMIN_ENGINE", engine},
      {"CAPMIN_PHASE", target.phase},
      {"CAPMIN_TRIAL", std::to_string(target.trial)}};
  for (const auto& [container_port, host_port] : target.ports) {
    const std::string number = container_port.substr(0, container_port.find('/'));
    variables.emplace_back("CAPMIN_PORT_" + number, host_port);
  }
  variables.insert(variables.end(), target.company.begin(), target.company.end());
  if (target.exit_status >= 0) {
    variables.emplace_back("CAPMIN_EXIT_STATUS", std::to_string(target.exit_status));
  }
  return variables;
}

namespace {

constexpr const char* kShell = "/bin/sh";

/// What is executed, on this host or inside the container.
std::vector<std::string> program_of(const Probe& probe) {
  switch (probe.kind) {
    case Probe::Kind::kFile:
      return {probe.path};
    case Probe::Kind::kExec:
      return {kProbeInside};
    case Probe::Kind::kCommand:
    case Probe::Kind::kExecCommand:
      return {kShell, "-c", probe.line};
    case Probe::Kind::kHealthcheck:
      return probe.program;
    case Probe::Kind::kNetwork:
    case Probe::Kind::kExit:
      break;
  }
  return {};
}

ProbeAttempt run_probe(const Probe& probe, const ProbeTarget& target, Engine& engine,
                       ProcessRunner& runner, std::chrono::milliseconds deadline,
                       const std::stop_token& stop) {
  const bool is_own_time = probe.attempt_deadline <= deadline;
  if (is_own_time) deadline = probe.attempt_deadline;
  const auto environment = probe_environment(target, engine.name());
  if (probe.runs_on_host()) {
    return judged(runner.run({.argv = program_of(probe),
                              .environment = environment,
                              .deadline = deadline,
                              .output_limit = kOutputLimit,
                              .streams = Command::Streams::kMerged,
                              .strays = Command::Strays::kEnded},
                             stop));
  }
  ProbeAttempt attempt =
      probe.kind == Probe::Kind::kNetwork
          ? ask(probe.check, target, deadline, stop)
          : judged(engine.exec(target.container, program_of(probe), environment, deadline, stop));
  if (is_own_time && attempt.result == ProbeAttempt::Result::kNoAnswer) {
    attempt.result = ProbeAttempt::Result::kFailed;
  }
  return attempt;
}

}  // namespace

void check_unchanged(const Probe& probe) {
  if (probe.path.empty()) return;
  check_unchanged(PinnedFile{.role = "the probe", .path = probe.path, .sha256 = probe.sha256});
}

ProbeAttempt attempt(const Probe& probe, const ProbeTarget& target, Engine& engine,
                     ProcessRunner& runner, std::chrono::milliseconds deadline,
                     const std::stop_token& stop) {
  check_unchanged(probe);
  ProbeAttempt attempt = run_probe(probe, target, engine, runner, deadline, stop);
  if (attempt.result != ProbeAttempt::Result::kStopped) check_unchanged(probe);
  return attempt;
}

}  // namespace capmin
