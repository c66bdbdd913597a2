#pragma once

#include "cli/options.h"
#include "core/planner.h"
#include "engine/engine.h"
#include "trial/search.h"
#include "trial/trial.h"

#include <string>

namespace capmin {

/// Everything that is settled before the first trial.
struct RunPlan {
  EngineFacts engine;
  ImageFacts image;
  TrialSetup setup;
  SearchPlan search;
  std::string probe_sha256;  ///< of the probe's file; empty where there is none
};

/// Looks at the probe, the engine and the image (fetching it where that was asked for) and settles
/// what will be tried. Throws Error kUsage for a probe that cannot work, kEngine, kImageMissing.
RunPlan make_run_plan(const RunOptions& options, Engine& engine);

}  // namespace capmin
