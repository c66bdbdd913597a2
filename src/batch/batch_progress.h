#pragma once

#include "batch/batch_job.h"
#include "run/terminal.h"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace capmin {

/// How long the rest of a batch will take, as far as that can be known: a job takes what it took
/// the last time, else the mean; as many as so far are skipped.
class BatchEstimate {
 public:
  /// A job before the batch.
  struct Job {
    std::optional<double> last_seconds;  ///< what it took when it was run last
    bool may_be_skipped = false;         ///< it has a result that may still hold
  };
  BatchEstimate(std::vector<Job> jobs, int slots) : jobs_(std::move(jobs)), slots_(slots) {
    is_over_.resize(jobs_.size());
  }

  /// The job has ended, or will not be run.
  void end(std::size_t job) { is_over_.at(job) = true; }
  /// The job has ended, was skipped or took `seconds`.
  void end(std::size_t job, double seconds, bool is_skipped);

  /// What is left, in seconds; `running` are jobs, and for how long they have run. Nothing where
  /// nothing is known yet.
  std::optional<double> seconds_left(const std::map<std::size_t, double>& running) const;

 private:
  std::optional<double> mean() const;

  std::vector<Job> jobs_;
  int slots_;
  std::vector<bool> is_over_;
  int run_ = 0;      ///< jobs that were run although they might have been skipped
  int skipped_ = 0;  ///< jobs that were skipped
};

/// "about 40 s", "about 12 min", "about 2.5 h".
std::string about(double seconds);

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
