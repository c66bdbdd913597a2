#include "cli/commands.h"
#include "core/error.h"
#include "options/command_options.h"
#include "profile/profile_diff.h"
#include "profile/profile_yaml.h"
#include "system/file.h"

namespace capmin {
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
  const ProfileDiff difference =
      diff(read_profile(options.profiles[0]), read_profile(options.profiles[1]));
  write_standard_output(shown_as(options.format, difference));
  const bool fails = options.only_risk_fails ? difference.riskier : !difference.empty();
  return fails ? ExitCode::kDifference : ExitCode::kDone;
}

}  // namespace capmin
