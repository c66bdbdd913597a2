#pragma once

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

}  // namespace capmin
