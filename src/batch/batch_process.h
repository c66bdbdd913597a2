#pragma once

#include "batch/batch_job.h"
#include "core/error.h"
#include "options/batch_options.h"
#include "system/process.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace capmin {

/// The command by which a batch starts a process for one job; for capmin itself only. Whatever
/// becomes of that process, it is one job's trouble.
constexpr std::string_view kBatchJobName = "batch-job";

/// Runs the job `name` of the batch that `options` tell of, for at most the time that is `left`.
/// It has the batch's options as arguments, and prints answer_of() what it ended with.
Command job_process(const BatchOptions& options, const std::string& name,
                    std::optional<std::chrono::milliseconds> left);

/// What the process prints of the job's end.
std::string answer_of(const JobRun& run);

/// What became of `job`, whose process ended with `result`: its answer, else the error that the
/// process ended with. Nothing where it was stopped, which `is_stopping` allows.
std::optional<JobRun> run_of(const BatchJob& job, const ProcessResult& result, bool is_stopping);

/// What is said of a job that `error` kept from its end.
JobRun failed(const BatchJob& job, const Error& error);

}  // namespace capmin
