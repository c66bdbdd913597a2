#pragma once

#include "engine/engine.h"
#include "run/run_plan.h"

#include <string>

namespace capmin {

/// The engine's commands of the first two trials of `plan`, as a person can paste them into a
/// shell.
std::string dry_run_text(const RunPlan& plan, const Engine& engine);

}  // namespace capmin
