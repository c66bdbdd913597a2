#pragma once

#include "engine/engine.h"
#include "system/process.h"

#include <chrono>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace capmin {

/// What is asked over the network, without a program; see parse_network_check().
struct NetworkCheck {
  enum class Scheme { kHttp, kHttps, kTcp } scheme = Scheme::kHttp;
  bool is_of_host = false;  ///< a port of this host, in place of the container's own
  unsigned short port = 0;
  std::string published_as = {};  ///< with is_of_host: the container's port behind it, "80/tcp"
  std::string target = "/";       ///< path and query, percent-encoded
  std::string expect = {};        ///< what the body must hold
  std::optional<unsigned> expect_status = {};  ///< of HTTP; nothing: 200 to 299
  bool insecure = false;                       ///< whether any certificate will do
  friend bool operator==(const NetworkCheck&, const NetworkCheck&) = default;
};

/// The user's health check.
struct Probe {
  enum class Kind {
    kFile,         ///< an executable, run on the host
    kCommand,      ///< a line for /bin/sh on the host
    kExec,         ///< an executable of the host, run inside the container
    kExecCommand,  ///< a line for /bin/sh inside the container
    kNetwork,      ///< a request of HTTP, or a TCP connection
    kHealthcheck,  ///< the image's own HEALTHCHECK, run inside the container
    kExit,         ///< none: the container must end by itself with status 0
  };
  Kind kind = Kind::kFile;
  std::string path;    ///< absolute; of kFile and kExec
  std::string sha256;  ///< of what the file held at first
  /// Of kCommand and kExecCommand; of kNetwork the address as it was written.
  std::string line;
  NetworkCheck check;                ///< of kNetwork
  std::vector<std::string> program;  ///< of kHealthcheck
  bool oneshot = false;  ///< the container is a job, and the probe runs once after its end
  std::chrono::milliseconds attempt_deadline = std::chrono::hours(1);  ///< of a single attempt

  /// Whether it is an executable of the user's.
  bool has_file() const { return kind == Kind::kFile || kind == Kind::kExec; }
  /// Whether a program of this host is the judge.
  bool runs_on_host() const { return kind == Kind::kFile || kind == Kind::kCommand; }
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
  /// Of those that run beside it, see TrialContainer::variables.
  std::vector<std::pair<std::string, std::string>> company = {};
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

/// The longest that a single request of kNetwork may take: one that hangs is made anew.
inline constexpr std::chrono::milliseconds kLongestRequest{10'000};

/// Runs the probe once, for at most `deadline`; one that takes longer than its own time for an
/// attempt, as an image's HEALTHCHECK has one, has failed. A file is run where it lies, because a
/// script may look for others beside itself; it must hold what it held at first, before and after,
/// or Error kUsage is thrown: what it said would be the word of another probe. Not for kExit.
ProbeAttempt attempt(const Probe& probe, const ProbeTarget& target, Engine& engine,
                     ProcessRunner& runner, std::chrono::milliseconds deadline,
                     const std::stop_token& stop);

}  // namespace capmin
