#pragma once

#include "batch/batch_job.h"
#include "batch/batch_options.h"
#include "batch/batch_part.h"

#include <vector>

namespace capmin {

/// Runs `jobs`, which are those of `part` that are asked for, each in a process of its own and as
/// many at once as `options` say, keeps what became of them and tells of it. Returns the exit
/// status.
int run_batch(const BatchOptions& options, const std::vector<PlacedJob>& jobs,
              const BatchPart& part);

}  // namespace capmin
