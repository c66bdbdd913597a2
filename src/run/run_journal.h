#pragma once

#include "run/options.h"
#include "run/run_plan.h"
#include "trial/journal.h"

#include <optional>
#include <string>

namespace capmin {

/// What makes two runs the same search.
SearchFacts search_facts(const RunOptions& options, const RunPlan& plan,
                         const std::string& rules_sha256);

/// The journal of a run that writes a file, which lies beside it; nothing for other runs. It is
/// refused where the image, the probe, the engine, the options, the rules or capmin's major version
/// are not those of the run that left it. `rules_sha256` is that of the rules in use.
std::optional<Journal> open_journal(const RunOptions& options, const RunPlan& plan,
                                    const std::string& rules_sha256);

}  // namespace capmin
