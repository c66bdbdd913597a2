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

}  // namespace

ExitCode diff_command(const std::vector<std::string>& arguments) {
  const DiffOptions options = parse_diff_options(arguments);
  const ProfileDiff difference =
      diff(read_profile(options.profiles[0]), read_profile(options.profiles[1]));
  write_standard_output(options.write(difference));
  const bool fails = options.only_risk_fails ? difference.riskier : !difference.empty();
  return fails ? ExitCode::kDifference : ExitCode::kDone;
}

}  // namespace capmin
