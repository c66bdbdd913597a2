#pragma once

#include "cli/batch_file.h"
#include "cli/batch_record.h"
#include "cli/verification.h"

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

/// What became of a job.
struct JobRun {
  JobRecord record;
  bool is_skipped = false;  ///< nothing changed since `record`
};

/// Runs `job`, or takes over `last`, its record of before, where nothing changed since (null for
/// none, and for a job that is to run anyway). Whatever goes wrong is a status. Nothing when a stop
/// came.
std::optional<JobRun> run_job(const BatchJob& job, const JobFiles& files, const JobRecord* last,
                              const VerifyBench& bench);

}  // namespace capmin
