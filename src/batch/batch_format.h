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

/// The batch as a Markdown table.
std::string to_markdown(const BatchResult& result);

/// The batch as JUnit XML: a case for each job, which fails for what exit_of() calls a difference
/// and is an error for what kept it from its end; jobs that were not run are skipped.
std::string to_junit(const BatchResult& result, const FailOn& fail_on);

/// The batch as the summary of a job of GitHub's workflows: Markdown to be appended to the file
/// that GITHUB_STEP_SUMMARY names. What fails comes first, with its details; the rest is folded.
/// Stays below the mebibyte that a step's summary may have; what does not fit is counted.
std::string to_github(const BatchResult& result, const FailOn& fail_on);

/// What a reviewer should know of the batch, as SARIF 2.1.0: a result for each job that fails or
/// whose profile differs from what was seen, at its profile, which is taken from the directory of
/// `batch_file`, or at the batch file where the job had no profile when it ended. Jobs that were
/// not run are no results.
std::string to_sarif(const BatchResult& result, const FailOn& fail_on,
                     const std::filesystem::path& batch_file);

/// The batch in a format. Paths of profiles are taken from the directory of `batch_file`.
std::string in_format(const BatchResult& result, BatchOptions::Format format, const FailOn& fail_on,
                      const std::filesystem::path& batch_file);

}  // namespace capmin
