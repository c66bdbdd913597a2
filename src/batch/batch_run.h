#pragma once

#include "batch/batch_job.h"
#include "batch/batch_part.h"
#include "options/batch_options.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace capmin {

/// What a job may share with others.
struct JobClaims {
  std::string profile;  ///< its path, the same for the same file
  bool writes = false;  ///< the job may write it
};

/// Which job of a batch may start while others run, so that each sees what it would see if they ran
/// one after the other. Pure but for what it asks.
class BatchSchedule {
 public:
  /// `shares` tells of a job whether its containers share something outside of themselves, such as
  /// the host's network; two of these never run at once. It is asked once, as late as possible.
  BatchSchedule(std::vector<JobClaims> jobs, std::function<bool(std::size_t job)> shares)
      : shares_(std::move(shares)) {
    for (JobClaims& claims : jobs) {
      jobs_.push_back({.claims = std::move(claims), .state = State::kWaits, .shares = {}});
    }
  }

  /// Starts the first job that waits for nothing, and tells which; nothing where there is none now.
  std::optional<std::size_t> start_next();
  /// The job has ended.
  void end(std::size_t job) { jobs_.at(job).state = State::kEnded; }

 private:
  enum class State { kWaits, kRuns, kEnded };
  struct Job {
    JobClaims claims;
    State state = State::kWaits;
    std::optional<bool> shares;
  };
  bool waits_for_a_profile(std::size_t job) const;
  bool waits_for_shared(std::size_t job);

  std::vector<Job> jobs_;
  std::function<bool(std::size_t job)> shares_;
};

/// Runs `jobs`, which are those of `part` that are asked for, each in a process of its own and as
/// many at once as `options` say, keeps what became of them and tells of it. Returns the exit
/// status.
ExitCode run_batch(const BatchOptions& options, const std::vector<PlacedJob>& jobs,
                   const BatchPart& part);

}  // namespace capmin
