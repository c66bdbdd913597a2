#pragma once

#include "core/error.h"
#include "core/planner.h"
#include "engine/program_files.h"
#include "options/run_options.h"
#include "run/run_plan.h"
#include "trial/search.h"

namespace capmin {

/// How the failed or undecided `trial` of `result` ended: "\n  cause: ..." and what the engine, the
/// probe and the container printed last, each line behind its label and the most telling source
/// first: a probe that is at fault itself, then a container that ended, then the probe. Lines that
/// a trial printed which passed are left out where there are others.
std::string cause_of(const FinishedTrial& trial, const RunOptions& options,
                     const SearchResult& result);

/// The error that ends a run without an answer, told with what the trials showed: what the probe
/// and the container printed, and what to try next. `programs` are those of the image, where they
/// were looked for.
Error failure_of(const CeilingFails& verdict, const RunOptions& options, const RunPlan& plan,
                 const SearchResult& result, const ImagePrograms& programs);
Error failure_of(const Unstable& verdict, const RunOptions& options, const SearchResult& result);
Error failure_of(const Undecided& verdict, const SearchResult& result);

}  // namespace capmin
