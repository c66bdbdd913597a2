#pragma once

#include "engine/choice.h"
#include "run/options.h"
#include "run/options_listed.h"

#include <string>
#include <vector>

namespace capmin {

/// What `capmin clean` was asked to do.
struct CleanOptions {
  EngineRequest engine;
  bool dry_run = false;
  Verbosity verbosity = Verbosity::kNormal;
};

/// Reads the arguments behind `capmin clean`; throws Error kUsage for what is not understood.
CleanOptions parse_clean_options(const std::vector<std::string>& arguments);

/// The options of `capmin clean`.
std::vector<ListedOption> clean_option_list();

/// The text of `capmin help clean`.
std::string clean_help();

}  // namespace capmin
