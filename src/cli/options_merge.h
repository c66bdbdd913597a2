#pragma once

#include "cli/options_batch.h"
#include "run/options_listed.h"

#include <string>
#include <vector>

namespace capmin {

/// What `capmin merge` was asked to do.
struct MergeOptions {
  std::vector<std::string> directories;  ///< of results, one at least
  std::string results;                   ///< a directory for the joined results; empty without
  std::string directory;                 ///< of the batch file, from here; empty stands for here
  FailOn fail_on;
  BatchOptions::Format format = BatchOptions::Format::kText;
};

/// Reads the arguments behind `capmin merge`. Throws Error kUsage, with what to write instead, for
/// everything that is not understood.
MergeOptions parse_merge_options(const std::vector<std::string>& arguments);

/// The options of `capmin merge`.
std::vector<ListedOption> merge_option_list();

/// The help text of `capmin merge`.
std::string merge_help();

}  // namespace capmin
