#pragma once

#include "trial/outcome.h"

#include <optional>
#include <string>
#include <vector>

namespace capmin {

/// What a trial has lost beside the baseline.
struct Losses {
  std::vector<std::string> errors;     ///< errors of permission, by their lines
  std::vector<std::string> processes;  ///< processes that kept what they had given up

  bool empty() const { return errors.empty() && processes.empty(); }
};

/// What a trial that passed has lost beside the baseline, although the probe did not notice: errors
/// of permission that its log has and the baseline's has not, and processes that kept a user, a
/// group or capabilities which they had given up in the baseline. Sanitized, without repetition, in
/// the order of the log and of the processes. Nothing without a baseline.
Losses losses(const FinishedTrial& trial, const std::vector<FinishedTrial>& baselines);

/// What the sentence about a process in Losses speaks for: a daemon changes its user with SETGID
/// and SETUID, its bounding set with SETPCAP.
Clue clue_of_process_loss(const std::string& loss);

/// How a trial ended worse after its stop signal than with the whole ceiling.
struct WorseEnd {
  Ending ending = Ending::kWorseEnd;  ///< or kKilledAtEnd
  Clue clue;
};

/// What is worse about the end of a trial that passed, beside each of `baselines`: a status other
/// than 0 that none of them had; an error of permission among `said`, the clues of what was printed
/// after the signal, that none of them has; a signal that the kernel did not let a process send; or
/// processes that the kernel killed because the first one ended without them. Nothing where the
/// scenario does not look at the end, or without a baseline.
std::optional<WorseEnd> worse_end(const FinishedTrial& trial, const std::vector<Clue>& said,
                                  const std::vector<FinishedTrial>& baselines);

}  // namespace capmin
