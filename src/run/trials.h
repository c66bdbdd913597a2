#pragma once

#include "core/planner.h"
#include "engine/engine.h"
#include "engine/program_files.h"
#include "run/options.h"
#include "run/progress.h"
#include "run/run_plan.h"
#include "system/process.h"
#include "trial/conditions.h"
#include "trial/search.h"

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace capmin {

/// What runs the trials of `setup`, at most `slots` containers at a time; engine and runner must
/// outlive it. At the end of its life all containers are removed.
RunTrial trials_of(const TrialSetup& setup, int slots, Engine& engine, ProcessRunner& runner);

/// The files of the plan's image, read through a container of their own; all three must outlive it.
ProgramFiles image_files(const RunPlan& plan, Engine& engine, ProcessRunner& runner);

/// The programs by which a user other than root can get what is granted, where that is what the
/// failure or the set of `result` is about; looking through a whole image is announced by `say`.
ImagePrograms find_programs(const RunOptions& options, const RunPlan& plan,
                            const SearchResult& result, ProgramFiles& files,
                            const std::function<void(const std::string&)>& say,
                            const std::stop_token& stop);

/// Tries the set of `answer` once more with neither gate nor strace, and adds that trial to the
/// proof and to `result`; is asked again where the engine fails. It may cost `budget`, and tells
/// how it ended: only with kVerdict is the answer confirmed. Throws Error kUnstable where the set
/// does not pass, kEngine where that cannot be found out.
SearchEnd confirm_without_strace(const RunPlan& plan, const Budget& budget, const RuleTable& rules,
                                 Minimal& answer, SearchResult& result, const SearchEvents& events,
                                 Engine& engine, ProcessRunner& runner,
                                 const std::stop_token& stop);

/// search() by trials of `plan`, and by those under the engine's own settings for ports and ping
/// where they have others. Where the kernel saw the first pass of the ceiling use what no pass of
/// the answer asked for, the ceiling is tried once more, if the budget allows: see first_start().
SearchResult search_by_trials(SearchPlan search, const RunPlan& plan, const RuleTable& rules,
                              const SearchEvents& events, Engine& engine, ProcessRunner& runner,
                              const std::stop_token& stop);

}  // namespace capmin
