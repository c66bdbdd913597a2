#pragma once

#include "batch/batch_file.h"
#include "batch/batch_record.h"
#include "run/verification.h"

#include <filesystem>
#include <optional>

namespace capmin {

/// Where the files of a job are.
struct JobFiles {
  std::filesystem::path directory;  ///< of the batch file
  std::filesystem::path profile;
  std::filesystem::path probe;  ///< empty where the job names no file
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
  VerifyBench bench;
  /// Others run at the same time: a port of the host may be another one than a job asks for.
  bool is_beside_others = false;
  std::filesystem::path journal;  ///< of a search, where another may have left trials
};

/// Whether the containers of the job share something of the host with those of others, so that two
/// such jobs must not run at once: the host's network, one container's network, volumes that are
/// used as they are, or what only the engine understands. A job that cannot be told of is none.
bool uses_host(const BatchJob& job, const JobFiles& files);

/// Runs `job`, or takes over `last`, its record of before, where nothing changed since (null for
/// none, and for a job that is to run anyway). Whatever goes wrong is a status. Nothing when a stop
/// came.
std::optional<JobRun> run_job(const BatchJob& job, const JobFiles& files, const JobRecord* last,
                              const JobBench& bench);

}  // namespace capmin
