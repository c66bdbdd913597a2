#pragma once

#include "run/option_values.h"

#include <string>
#include <vector>

namespace capmin {

/// A shell that capmin has a script for.
enum class Shell { kBash, kZsh, kFish };

/// Reads the arguments behind `capmin completion`. Throws Error kUsage unless it is one shell.
Shell parse_completion_options(const std::vector<std::string>& arguments);

/// The help text of `capmin completion`.
std::string completion_help();

/// The options of `capmin completion`.
std::vector<ListedOption> completion_option_list();

}  // namespace capmin
