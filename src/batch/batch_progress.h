#pragma once

#include "batch/batch_estimate.h"
#include "batch/batch_job.h"
#include "run/terminal.h"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace capmin {

/// Tells a person how far a batch is: on a terminal a line that changes, elsewhere a line with the
/// time for each job that ends, and a sign of life where none does for long.
class BatchProgress {
 public:
  using Clock = std::chrono::steady_clock;

  /// `terminal` shows it; null shows nothing.
  BatchProgress(Terminal* terminal, std::vector<std::string> names, BatchEstimate estimate)
      : terminal_(terminal), names_(std::move(names)), estimate_(std::move(estimate)) {}

  void started(std::size_t job);
  void ended(std::size_t job, const JobRun& run);
  /// The job was interrupted.
  void left(std::size_t job);
  /// A line about the batch.
  void say(const std::string& line);
  /// Takes the line away that changes, before somebody else writes.
  void clear();

  /// Shows what is due; to be called again at next().
  void show();
  Clock::time_point next() const { return next_; }

 private:
  std::string counts() const;
  std::string running() const;

  Terminal* terminal_;
  std::vector<std::string> names_;
  BatchEstimate estimate_;
  std::map<std::size_t, Clock::time_point> running_;
  std::size_t ended_ = 0;
  Clock::time_point begin_ = Clock::now();
  Clock::time_point next_ = begin_;
};

}  // namespace capmin
