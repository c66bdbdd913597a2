#pragma once

#include "run/options_listed.h"

#include <string>
#include <vector>

namespace capmin {

/// What `capmin report` was asked to do.
struct ReportOptions {
  enum class Format { kMarkdown, kHtml, kJson, kJunit, kSarif, kGithub };
  std::vector<std::string> profiles;  ///< paths, at least one
  Format format = Format::kMarkdown;
  std::string previous;  ///< an earlier profile's path; empty without
  std::string summary;   ///< the Markdown is appended to this file, too; empty without
  std::string output;    ///< a file; empty or "-" is standard output
};

/// Reads the arguments behind `capmin report`. Throws Error kUsage, with what to write instead, for
/// everything that is not understood.
ReportOptions parse_report_options(const std::vector<std::string>& arguments);

/// The help text of `capmin report`.
std::string report_help();

/// The options of `capmin report`.
std::vector<ListedOption> report_option_list();

}  // namespace capmin
