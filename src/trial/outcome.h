#pragma once

#include "core/planner.h"
#include "core/trace.h"
#include "core/trial.h"
#include "diagnosis/clue.h"
#include "engine/container_process.h"
#include "trace/strace_log.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace capmin {

/// How a trial came to its verdict.
enum class Ending {
  kProbePassed,       ///< passed
  kJobDone,           ///< passed: the container ended by itself with status 0
  kTimeUp,            ///< failed: the probe, or a job's end, was awaited until the deadline
  kExited,            ///< failed: the container ended before the probe passed, or in error
  kExitedAfterProbe,  ///< failed: the container ended although the probe had just passed
  kUnhealthyLater,    ///< failed: the probe passed, but not again after the time to settle
  kNotGraceful,       ///< failed: the container did not end after its stop signal
  kNewErrors,         ///< failed by --strict: the probe passed, but something was lost
  kProbeFailedAtEnd,  ///< failed: the probe of a job that has ended
  kNotExecutable,     ///< failed: the container's program could not be executed
  kOutOfMemory,       ///< undecided: the kernel killed the container for memory
  kCannotJudge,       ///< undecided: the probe said so, or could not be run
  kEngineTrouble,     ///< undecided
  kInterrupted,       ///< undecided: a signal, or the trial had become useless
  kNoAnswer,          ///< the probe had not ended when its time was over: undecided, and failed
                      ///< where the same was seen of the grant before
  kWorseEnd,          ///< failed: it ended worse after its stop signal than with the whole ceiling
  kKilledAtEnd,  ///< some of its processes had to be killed, other than with the whole ceiling:
                 ///< undecided and failed as kNoAnswer
  kNotReset,     ///< undecided: the user's --reset failed before the container was made
};

/// The part of a trial's scenario in which it was decided.
enum class Phase { kStart, kStop, kRestart };

/// The word for a phase: start, stop or restart.
std::string name_of(Phase phase);

/// How far a trial's waiting for a probe that passes, or for the end of a job, has come.
struct TrialWait {
  /// The start of the program; nothing where it does not wait, or the probe passed.
  std::optional<std::chrono::steady_clock::time_point> since = {};
  bool has_answered = false;  ///< the probe has failed, and is asked again
  /// The start of the program where the end of a job is awaited.
  std::optional<std::chrono::steady_clock::time_point> job_since = {};
};

/// How long a trial may wait for its probe or its job's end in each phase, and how far that has
/// come. Used on the trial's thread.
class TrialDeadline {
 public:
  /// `longest` is asked anew each time; `note` takes what note() is told.
  TrialDeadline(
      std::function<std::chrono::milliseconds()> longest,
      std::function<void(const TrialWait&)> note = [](const auto&) {})
      : longest_(std::move(longest)), note_(std::move(note)) {}

  /// The longest wait. It may change while a trial waits: one that runs beside the baseline learns
  /// it only when that has passed.
  std::chrono::milliseconds operator()() const { return longest_(); }
  /// Says how the waiting stands. A job works as long as it runs: how long says nothing of it.
  void note(const TrialWait& wait) const { note_(wait); }

 private:
  std::function<std::chrono::milliseconds()> longest_;
  std::function<void(const TrialWait&)> note_;
};

/// How a container ended after its stop signal.
struct StopEnd {
  int exit_code = 0;
  /// What it printed after the signal, as far as that is known; hostile.
  std::string log = {};
  /// The processes that the kernel had to kill, see HeldProcesses.
  std::optional<std::vector<std::string>> killed = {};
};

/// What a trial left behind.
struct Outcome {
  Verdict verdict = Verdict::kUndecided;
  Ending ending = Ending::kInterrupted;
  Phase phase = Phase::kStart;
  std::optional<int> exit_code;   ///< of the container's first process, where it ended by itself
  std::optional<int> probe_exit;  ///< of the last probe that ended by itself
  /// The probe was asked three times or more, and each time ended by itself with the same status
  /// and the same lines, once normalized.
  bool probe_repeats_itself = false;
  std::string log;  ///< what the container printed; hostile
  /// What the last probe printed, or with kNotReset the reset; hostile.
  std::string probe_output;
  std::string reset_failure;   ///< how the reset ended, with kNotReset
  std::string engine_message;  ///< the engine's words on a trouble or a start that failed; hostile
  std::optional<KernelSets> sets;           ///< of the first process, where they could be seen
  std::vector<ContainerProcess> processes;  ///< when the probe had passed, where they could be seen
  std::optional<StopEnd> stop_end;          ///< where the scenario looks at it, see Scenario
  std::optional<Trace> trace;            ///< what was asked of the kernel, where that was looked at
  std::vector<FailedCall> failed_calls;  ///< what strace saw fail, in that order; hostile
  std::string strace_trouble;   ///< why strace did not look on although it should have; hostile
  double wait_seconds = 0;      ///< the longest wait for the probe, or for the end of a job
  double seconds = 0;           ///< from the first start of the container to the verdict
  double deadline_seconds = 0;  ///< the longest wait that was allowed

  /// Whether a service was up all the time, and nothing in its probe's answers has changed: more
  /// patience would hardly have changed the verdict.
  bool is_stuck() const { return ending == Ending::kTimeUp && !exit_code && probe_repeats_itself; }

  void decide(Verdict how, Ending because) {
    verdict = how;
    ending = because;
  }
};

/// The ending in words for a person, with the numbers that belong to it: "the container exited with
/// status 1 before the probe passed".
std::string describe(const Outcome& outcome);

/// The same without what changes from run to run: for profiles, whose bytes depend on facts alone.
std::string describe_without_times(const Outcome& outcome);

/// A trial that has come to its end, with what the diagnosis made of it.
struct FinishedTrial {
  int number = 0;
  TrialRequest request;
  Outcome outcome;
  std::vector<Clue> clues;
  Observation observation;  ///< what the planner is told of it
  /// Of a trial that passed a number for each of the last lines of its log, without what changes
  /// from start to start, sorted: what it printed explains no failure. Nothing where nobody looked.
  std::optional<std::vector<std::uint64_t>> harmless_lines{};
};

}  // namespace capmin
