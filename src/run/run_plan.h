#pragma once

#include "core/planner.h"
#include "engine/engine.h"
#include "options/run_options.h"
#include "trial/search.h"
#include "trial/trial.h"

#include <optional>
#include <string>
#include <vector>

namespace capmin {

/// Everything that is settled before the first trial.
struct RunPlan {
  EngineFacts engine;
  ImageFacts image;
  TrialSetup setup;
  std::vector<EngineOption> options_as_given;  ///< of `setup`, before ports of the host were freed
  SearchPlan search;
  std::vector<std::string> left_out;  ///< capabilities that cannot be tried here, and why
};

/// Settles what needs no engine, so that what a user can mend at once is told first. Throws Error
/// kUsage for a probe or a volume that cannot work. `company` makes the containers; null: the
/// engine alone does.
RunPlan begin_run_plan(const RunOptions& options, Company* company = nullptr);

/// `engine` must outlive the plan. Looks at it and the image (fetching it where that was asked for)
/// and settles what will be tried. Throws Error kEngine, kImageMissing, and kUsage for an image
/// without a HEALTHCHECK that should be the probe.
void complete_run_plan(const RunOptions& options, Engine& engine, RunPlan& plan);

/// What is run on what, in a line for a person.
std::string headline(const RunOptions& options, const RunPlan& plan);

/// That the image is for another platform than the engine's machine, in a line for a person; empty
/// where it is not, or the machine runs what is for it as well.
std::string platform_line(const RunPlan& plan);

/// Why trials run one at a time although more were asked for, in a line for a person; empty where
/// as many run as were asked for.
std::string slots_line(const RunOptions& options, const RunPlan& plan);

/// The lowest port below 1024 that the image exposes, if it exposes one.
std::optional<int> lowest_privileged_port(const ImageFacts& image);

}  // namespace capmin
