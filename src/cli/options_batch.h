#pragma once

#include "batch/batch_options.h"
#include "run/options_listed.h"

#include <string>
#include <vector>

namespace capmin {

/// Reads the arguments behind `capmin batch`. Throws Error kUsage, with what to write instead, for
/// everything that is not understood.
BatchOptions parse_batch_options(const std::vector<std::string>& arguments);

/// What the list given to --fail-on names. Throws Error kUsage.
FailOn fail_on_of(const std::string& list);

/// The format that the word given to --format names. Throws Error kUsage.
BatchOptions::Format batch_format(const std::string& word);

/// The options of `capmin batch`.
std::vector<ListedOption> batch_option_list();

/// The help text of `capmin batch`.
std::string batch_help();

}  // namespace capmin
