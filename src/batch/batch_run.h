#pragma once

#include "batch/batch_job.h"
#include "batch/shard.h"
#include "options/batch_options.h"
#include "run/terminal.h"

#include <chrono>
#include <cstddef>
#include <functional>
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

/// How far a batch is.
struct BatchState {
  using Time = std::chrono::steady_clock::time_point;
  /// A job that runs.
  struct Running {
    std::string name;
    Time begin;
  };
  BatchEstimate estimate;
  std::map<std::size_t, Running> running;  ///< by the jobs' places
  std::size_t jobs = 0;
  std::size_t ended = 0;

  /// "3 of 13 done, 2 running, 8 left, about 40 s"
  std::string counts(Time now) const;
  /// "redis 12 s, nginx 3.0 s"
  std::string running_text(Time now) const;
};

/// Tells a person how far a batch is: on a terminal lines that change, elsewhere a line with the
/// time for each job that ends, and a sign of life where none does for long.
class BatchProgress {
 public:
  /// `terminal` shows it; null shows nothing.
  BatchProgress(Terminal* terminal, std::vector<std::string> names, BatchEstimate estimate)
      : terminal_(terminal),
        names_(std::move(names)),
        state_{.estimate = std::move(estimate), .running = {}, .jobs = names_.size()} {}

  void started(std::size_t job);
  void ended(std::size_t job, const JobRun& run);
  /// The job was interrupted.
  void left(std::size_t job);
  /// A line about the batch.
  void say(const std::string& line);
  /// Shows how far it is, until clear().
  void show();
  /// Takes away what changes, before somebody else writes.
  void clear();

 private:
  Terminal* terminal_;
  std::vector<std::string> names_;
  BatchState state_;
};

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
