#include "cli/commands.h"
#include "core/error.h"
#include "options/command_options.h"
#include "profile/profile_yaml.h"
#include "report/formats.h"
#include "system/file.h"

#include <filesystem>

namespace capmin {
namespace {

ReportSource read_source(const std::string& path) {
  const std::string text = read_file(path);
  return {path, profile_from_yaml(text, path), places_in(text, path)};
}

/// Other steps of a job may have written to the file before.
void append(const std::string& path, const std::string& text) {
  check_writable(path);
  const std::string before = std::filesystem::exists(path) ? read_file(path) : std::string();
  write_file(path, before + text);
}

}  // namespace

ExitCode report_command(const std::vector<std::string>& arguments) {
  const ReportOptions options = parse_report_options(arguments);
  const RuleTable rules = RuleTable::embedded();
  std::vector<Report> reports;
  for (const std::string& path : options.profiles) {
    reports.push_back(report_of(read_source(path), rules));
  }
  if (!options.previous.empty()) {
    const Profile previous = profile_from_yaml(read_file(options.previous), options.previous);
    reports.front().change =
        ReportChange{options.previous, diff(previous, reports.front().profile)};
  }
  const std::string text = options.write(reports);
  if (options.output.empty() || options.output == "-") {
    write_standard_output(text);
  } else {
    write_file(options.output, text);
  }
  if (!options.summary.empty()) append(options.summary, to_markdown(reports));
  return ExitCode::kDone;
}

}  // namespace capmin
