#pragma once

#include "run/options_listed.h"

#include <string>
#include <vector>

namespace capmin {

/// What `capmin diff` was asked to do.
struct DiffOptions {
  enum class Format { kText, kJson, kMarkdown };
  std::string before;  ///< a profile's path
  std::string after;   ///< another one's
  Format format = Format::kText;
  bool only_risk_fails = false;  ///< other differences end with status 0
};

/// Reads the arguments behind `capmin diff`. Throws Error kUsage, with what to write instead, for
/// everything that is not understood.
DiffOptions parse_diff_options(const std::vector<std::string>& arguments);

/// The help text of `capmin diff`.
std::string diff_help();

/// The options of `capmin diff`.
std::vector<ListedOption> diff_option_list();

}  // namespace capmin
