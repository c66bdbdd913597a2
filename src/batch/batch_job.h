#pragma once

#include "batch/batch_file.h"
#include "batch/batch_record.h"
#include "run/verification.h"

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace capmin {

/// Where the files of a job are.
struct JobFiles {
  std::filesystem::path directory;  ///< of the batch file
  std::filesystem::path profile;
  std::filesystem::path probe;    ///< empty where the job names no file
  std::filesystem::path reset;    ///< empty where the job names none
  std::filesystem::path compose;  ///< empty where the job is of no service
};

/// The files of `job` in a batch file of `directory`. Throws Error kUsage where one leaves it.
JobFiles files_of(const BatchJob& job, const std::filesystem::path& directory);

/// A job with its files, all of which are known to be inside the batch file's directory.
struct PlacedJob {
  BatchJob job;
  JobFiles files;
};

/// What became of a job.
struct JobRun {
  JobRecord record;
  bool is_skipped = false;  ///< nothing changed since `record`
};

/// What jobs are run with.
struct JobBench {
  SearchBench bench;
  std::stop_token stop;
  /// Others run at the same time: a port of the host may be another one than a job asks for.
  bool is_beside_others = false;
  std::filesystem::path journal;  ///< of a search, where another may have left trials
};

/// What the trials of the job share with each other outside of their containers, see
/// shared_things(), and so perhaps with those of another job: two such jobs must not run at once.
/// Empty also for a job that cannot be told of.
std::vector<std::string> shared_things(const BatchJob& job, const JobFiles& files);

/// Runs `job`, or takes over `last`, its record of before, where nothing changed since (null for
/// none, and for a job that is to run anyway). Whatever goes wrong is a status. Nothing when a stop
/// came.
std::optional<JobRun> run_job(const BatchJob& job, const JobFiles& files, const JobRecord* last,
                              const JobBench& bench);

}  // namespace capmin
