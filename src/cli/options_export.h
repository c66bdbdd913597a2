#pragma once

#include "export/export.h"
#include "run/options_listed.h"

#include <string>
#include <vector>

namespace capmin {

/// What `capmin export` was asked to do.
struct ExportOptions {
  std::string profile;             ///< the profile's path
  const Target* target = nullptr;  ///< of the format
  ExportStyle style = ExportStyle::kDropAll;
  std::string name;    ///< of the service or container; empty where none was given
  std::string merge;   ///< a file that the set goes into; empty for a file of its own
  std::string output;  ///< where the result goes; empty for standard output
};

/// Reads the arguments behind `capmin export`. Throws Error kUsage, with what to write instead, for
/// everything that is not understood.
ExportOptions parse_export_options(const std::vector<std::string>& arguments);

/// The help text of `capmin export`.
std::string export_help();

/// The options of `capmin export`, --format with all formats.
std::vector<ListedOption> export_option_list();

}  // namespace capmin
