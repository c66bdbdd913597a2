#include "cli/commands.h"
#include "core/error.h"
#include "profile/profile_diff.h"
#include "profile/profile_yaml.h"
#include "run/option_values.h"
#include "system/file.h"

#include <boost/program_options.hpp>

#include <sstream>

namespace capmin {
namespace {

namespace po = boost::program_options;
using Format = DiffOptions::Format;

constexpr const char* kHint = "see capmin diff --help";

po::options_description table() {
  po::options_description options("Options");
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  options.add_options()("format", text("text|json|markdown"), "of the difference (default: text)");
  options.add_options()("fail-on", text("risk"),
                        "end with status 1 only where the new profile reaches more");
  options.add_options()("help,h", "print this");
  return options;
}

}  // namespace

DiffOptions parse_diff_options(const std::vector<std::string>& arguments) {
  DiffOptions options;
  for (const auto& [name, value] : given_options(arguments, table(), "profile", kHint)) {
    if (name == "format") {
      options.format = chosen<Format>(
          "format", value,
          {{"text", Format::kText}, {"json", Format::kJson}, {"markdown", Format::kMarkdown}});
    } else if (name == "fail-on") {
      options.only_risk_fails = chosen<bool>("fail-on", value, {{"risk", true}});
    } else if (options.before.empty()) {
      options.before = value;
    } else if (options.after.empty()) {
      options.after = value;
    } else {
      usage_error("'" + value + "' is one profile too many", kHint);
    }
  }
  if (options.after.empty()) usage_error("capmin diff needs two profiles", "capmin diff OLD NEW");
  return options;
}

std::vector<ListedOption> diff_option_list() {
  return listed(table());
}

std::string diff_help() {
  std::ostringstream options;
  options << table();
  return help_text("diff", options.str());
}

namespace {

Profile read_profile(const std::string& path) {
  return profile_from_yaml(read_file(path), path);
}

std::string shown_as(DiffOptions::Format format, const ProfileDiff& difference) {
  switch (format) {
    case DiffOptions::Format::kText:
      return to_text(difference);
    case DiffOptions::Format::kJson:
      return to_json(difference);
    case DiffOptions::Format::kMarkdown:
      return to_markdown(difference);
  }
  return {};
}

}  // namespace

ExitCode diff_command(const std::vector<std::string>& arguments) {
  const DiffOptions options = parse_diff_options(arguments);
  const ProfileDiff difference = diff(read_profile(options.before), read_profile(options.after));
  write_standard_output(shown_as(options.format, difference));
  const bool fails = options.only_risk_fails ? difference.riskier : !difference.empty();
  return fails ? ExitCode::kDifference : ExitCode::kDone;
}

}  // namespace capmin
