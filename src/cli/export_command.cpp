#include "cli/commands.h"
#include "core/error.h"
#include "export/export.h"
#include "options/command_options.h"
#include "profile/profile_yaml.h"
#include "system/file.h"
#include "text/quote.h"

#include <algorithm>
#include <cstdio>

namespace capmin {
namespace {

void say(const char* what, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    const std::string text = std::string(what) + shown(line) + '\n';
    static_cast<void>(std::fputs(text.c_str(), stderr));
  }
}

}  // namespace

ExitCode export_command(const std::vector<std::string>& arguments) {
  const ExportOptions options = parse_export_options(arguments);
  const std::string bytes = read_file(options.profile);
  const Profile profile = profile_from_yaml(bytes, options.profile);
  const ExportRequest request{options.style, options.name(), sha256(bytes)};
  const Exported exported = options.merge.empty()
                                ? export_profile(profile, *options.target, request)
                                : merge_profile(profile, *options.target, request,
                                                {read_file(options.merge), options.merge});
  say("warning: ", exported.warnings);
  say("note: ", exported.notes);
  if (options.output.empty()) {
    write_standard_output(exported.text);
  } else {
    write_file(options.output, exported.text);
  }
  return ExitCode::kDone;
}

}  // namespace capmin
