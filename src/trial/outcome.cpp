#include "trial/outcome.h"

#include "text/words.h"

namespace capmin {
namespace {

std::string exit_text(const Outcome& outcome) {
  return outcome.exit_code ? "exited with status " + std::to_string(*outcome.exit_code) : "ended";
}

std::string ending_text(const Outcome& outcome) {
  switch (outcome.ending) {
    case Ending::kProbePassed:
      return "the probe passed";
    case Ending::kJobDone:
      return "the container ended with status 0";
    case Ending::kTimeUp:
      return "not healthy within the deadline";
    case Ending::kExited:
      return "the container " + exit_text(outcome);
    case Ending::kExitedAfterProbe:
      return "the container " + exit_text(outcome) + " after the probe had passed";
    case Ending::kUnhealthyLater:
      return "the probe passed, but no longer after the time to settle";
    case Ending::kNotGraceful:
      return "the container did not end after its stop signal";
    case Ending::kNewErrors:
      return "the probe passed, but something was lost (--strict)";
    case Ending::kProbeFailedAtEnd:
      return "the probe failed after the container had " + exit_text(outcome);
    case Ending::kNotExecutable:
      return "the container's program could not be executed";
    case Ending::kOutOfMemory:
      return "the container was killed for lack of memory";
    case Ending::kCannotJudge:
      return "the probe could not judge";
    case Ending::kEngineTrouble:
      return "the engine failed: " + outcome.engine_message;
    case Ending::kInterrupted:
      return "interrupted";
    case Ending::kNoAnswer:
      return "the probe had not ended by the deadline";
    case Ending::kWorseEnd:
      return "after its stop signal the container " + exit_text(outcome) +
             ", worse than with the whole ceiling";
    case Ending::kKilledAtEnd:
      return "after its stop signal the container " + exit_text(outcome) +
             " before processes of it that end in time with the whole ceiling";
    case Ending::kNotReset:
      return "the reset before the trial failed: " + outcome.reset_failure;
  }
  return {};
}

}  // namespace

std::string name_of(Phase phase) {
  switch (phase) {
    case Phase::kStart:
      return "start";
    case Phase::kStop:
      return "stop";
    case Phase::kRestart:
      return "restart";
  }
  return {};
}

std::string describe_without_times(const Outcome& outcome) {
  const std::string text = ending_text(outcome);
  return outcome.phase == Phase::kRestart ? text + " at the restart" : text;
}

std::string describe(const Outcome& outcome) {
  const std::string text = describe_without_times(outcome);
  const bool is_over_time =
      outcome.ending == Ending::kTimeUp || outcome.ending == Ending::kNoAnswer;
  return is_over_time ? text + " of " + seconds_text(outcome.deadline_seconds) : text;
}

}  // namespace capmin
