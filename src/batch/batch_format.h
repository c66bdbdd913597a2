#pragma once

#include "batch/batch_job.h"
#include "batch/batch_record.h"
#include "options/batch_options.h"

#include <filesystem>
#include <string>
#include <vector>

namespace capmin {

/// What became of a batch.
struct BatchResult {
  std::vector<JobRun> jobs;       ///< in the order of the file
  std::vector<std::string> left;  ///< names of jobs that were not run: time was up, or a stop came
};

/// The exit status of a batch: the highest of all jobs, and kBudget where some were not run.
int exit_of(const BatchResult& result, const FailOn& fail_on);

/// The job for a person: the status and the sentence, and below what changed and what was seen.
/// Everything is on lines that begin with the status or with blanks; nothing hostile is executed.
std::string to_text(const JobRun& run);

/// The batch in a line or two.
std::string totals(const BatchResult& result);

/// The batch as one JSON object, without the keys of records that only capmin reads.
std::string to_json(const BatchResult& result, const FailOn& fail_on);

/// The batch in a format. Paths of profiles are taken from the directory of `batch_file`.
std::string in_format(const BatchResult& result, BatchOptions::Format format, const FailOn& fail_on,
                      const std::filesystem::path& batch_file);

}  // namespace capmin
