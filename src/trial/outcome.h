#pragma once

#include "core/trial.h"

#include <optional>
#include <string>

namespace capmin {

/// How a trial came to its verdict.
enum class Ending {
  kProbePassed,       ///< passed
  kJobDone,           ///< passed: the container ended by itself with status 0
  kTimeUp,            ///< failed: the probe, or a job's end, was awaited until the deadline
  kExited,            ///< failed: the container ended before the probe passed, or in error
  kExitedAfterProbe,  ///< failed: the container ended although the probe had just passed
  kProbeFailedAtEnd,  ///< failed: the probe of a job that has ended
  kNotExecutable,     ///< failed: the container's program could not be executed
  kOutOfMemory,       ///< undecided: the kernel killed the container for memory
  kCannotJudge,       ///< undecided: the probe said so, or could not be run
  kEngineTrouble,     ///< undecided
  kInterrupted,       ///< undecided: a signal, or the trial had become useless
};

/// What a trial left behind.
struct Outcome {
  Verdict verdict = Verdict::kUndecided;
  Ending ending = Ending::kInterrupted;
  std::optional<int> exit_code;   ///< of the container's first process, where it ended by itself
  std::optional<int> probe_exit;  ///< of the last probe that ended by itself
  std::string log;                ///< what the container printed; hostile
  std::string probe_output;       ///< what the last probe printed; hostile
  std::string engine_message;   ///< the engine's words on a trouble or a start that failed; hostile
  double seconds = 0;           ///< from the start of the container to the verdict
  double deadline_seconds = 0;  ///< the trial's longest wait
};

/// The ending in words for a person, with the numbers that belong to it: "the container exited with
/// status 1 before the probe passed".
std::string describe(const Outcome& outcome);

/// The same without what changes from run to run: for profiles, whose bytes depend on facts alone.
std::string describe_without_times(const Outcome& outcome);

}  // namespace capmin
