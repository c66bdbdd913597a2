#pragma once

#include "batch/batch_job.h"
#include "batch/batch_record.h"

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

}  // namespace capmin
