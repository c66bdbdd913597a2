#pragma once

#include "engine/engine.h"
#include "system/process.h"

#include <chrono>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

namespace capmin {

/// The user's health check.
struct Probe {
  enum class Kind {
    kFile,         ///< an executable, run on the host
    kExec,         ///< the same file run inside the container
    kHealthcheck,  ///< the image's own HEALTHCHECK, run inside the container
    kExit,         ///< none: the container must end by itself with status 0
  };
  Kind kind = Kind::kFile;
  std::string path;                  ///< absolute; of kFile and kExec
  std::string sha256;                ///< of what the file held at first
  std::vector<std::string> program;  ///< of kHealthcheck
  bool oneshot = false;  ///< the container is a job, and the probe runs once after its end
  std::chrono::milliseconds attempt_deadline = std::chrono::hours(1);  ///< of a single attempt

  /// Whether the container is a job, which has to end by itself.
  bool is_of_job() const { return oneshot || kind == Kind::kExit; }
  friend bool operator==(const Probe&, const Probe&) = default;
};

/// Where a probe of kind kExec stands inside the container.
inline constexpr const char* kProbeInside = "/.capmin-probe";

/// What a probe is told about the trial, as CAPMIN_ variables.
struct ProbeTarget {
  std::string container;  ///< id
  std::string name;
  std::string ip;
  std::map<std::string, std::string> ports;  ///< "80/tcp" -> host port
  std::string phase = "start";               ///< start, restart or stop
  int trial = 0;
  int exit_status = -1;  ///< of the container, for the probe of a job; -1 while it runs
};

/// One run of the probe.
struct ProbeAttempt {
  enum class Result {
    kPassed,
    kFailed,
    kCannotJudge,  ///< exit status 77, or the probe itself could not be run
    kNoAnswer,     ///< it had not ended when its time was over
    kStopped,
  };
  Result result = Result::kFailed;
  std::optional<int> exit;  ///< where it ended by itself
  std::string output;       ///< standard output and error; hostile
};

/// The exit status by which a probe says that it cannot judge.
inline constexpr int kCannotJudgeStatus = 77;

/// The variables that a probe sees.
std::vector<std::pair<std::string, std::string>> probe_environment(const ProbeTarget& target,
                                                                   const std::string& engine);

/// Throws Error kUsage where the probe's file does not hold what it held at first.
void check_unchanged(const Probe& probe);

/// Runs the probe once, for at most `deadline`; one that takes longer than its own time for an
/// attempt, which is an image's HEALTHCHECK's, has failed. A file is run where it lies, because a
/// script may look for others beside itself; it must hold what it held at first, before and after,
/// or Error kUsage is thrown: what it said would be the word of another probe. Not for kExit.
ProbeAttempt attempt(const Probe& probe, const ProbeTarget& target, Engine& engine,
                     ProcessRunner& runner, std::chrono::milliseconds deadline,
                     const std::stop_token& stop);

}  // namespace capmin
