#pragma once

#include "core/error.h"
#include "core/planner.h"
#include "engine/program_files.h"
#include "run/options.h"
#include "run/run_plan.h"
#include "trial/search.h"

namespace capmin {

/// How a failed or undecided trial ended: "\n  cause: ..." and what the engine, the probe and the
/// container printed last, each line behind its label.
std::string cause_of(const Outcome& outcome, const RunOptions& options);

/// The error that ends a run without an answer, told with what the trials showed: what the probe
/// and the container printed, and what to try next. `programs` are those of the image, where they
/// were looked for.
Error failure_of(const CeilingFails& verdict, const RunOptions& options, const RunPlan& plan,
                 const SearchResult& result, const ImagePrograms& programs);
Error failure_of(const Unstable& verdict, const RunOptions& options, const SearchResult& result);
Error failure_of(const Undecided& verdict, const SearchResult& result);

}  // namespace capmin
