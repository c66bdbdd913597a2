#include "trial/outcome.h"

#include "core/seconds.h"

namespace capmin {
namespace {

std::string exit_text(const Outcome& outcome) {
  return outcome.exit_code ? "exited with status " + std::to_string(*outcome.exit_code) : "ended";
}

}  // namespace

std::string describe_without_times(const Outcome& outcome) {
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
  }
  return {};
}

std::string describe(const Outcome& outcome) {
  const std::string text = describe_without_times(outcome);
  return outcome.ending == Ending::kTimeUp ? text + " of " + seconds_text(outcome.deadline_seconds)
                                           : text;
}

}  // namespace capmin
