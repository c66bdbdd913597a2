#include "cli/commands.h"
#include "core/error.h"
#include "profile/profile_yaml.h"
#include "report/formats.h"
#include "run/option_values.h"
#include "system/file.h"

#include <boost/program_options.hpp>

#include <filesystem>
#include <sstream>

namespace capmin {
namespace {

namespace po = boost::program_options;
using Format = ReportOptions::Format;

constexpr const char* kHint = "see capmin report --help";

po::options_description table() {
  po::options_description options("Options");
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  options.add_options()("format", text("markdown|html|json|junit|sarif|github"),
                        "of the report (default: markdown)");
  options.add_options()("previous", text("FILE"),
                        "an earlier profile of the same image: the report says what changed");
  options.add_options()("summary", text("FILE"),
                        "append the report as Markdown to this file as well, such as "
                        "\"$GITHUB_STEP_SUMMARY\"");
  options.add_options()("output,o", text("FILE"), "write here (default: standard output)");
  options.add_options()("help,h", "print this");
  return options;
}

Format format_of(const std::string& word) {
  return chosen<Format>("format", word,
                        {{"markdown", Format::kMarkdown},
                         {"html", Format::kHtml},
                         {"json", Format::kJson},
                         {"junit", Format::kJunit},
                         {"sarif", Format::kSarif},
                         {"github", Format::kGithub}});
}

}  // namespace

ReportOptions parse_report_options(const std::vector<std::string>& arguments) {
  ReportOptions options;
  for (const auto& [name, value] : given_options(arguments, table(), "profile", kHint)) {
    if (name == "format") {
      options.format = format_of(value);
    } else if (name == "previous") {
      options.previous = value;
    } else if (name == "summary") {
      options.summary = value;
    } else if (name == "output") {
      options.output = value;
    } else {
      options.profiles.push_back(value);
    }
  }
  if (options.profiles.empty()) {
    usage_error("capmin report needs a profile", "capmin report PROFILE... --format html");
  }
  if (!options.previous.empty() && options.profiles.size() > 1) {
    usage_error("--previous goes with one profile", "call capmin report for each profile");
  }
  return options;
}

std::vector<ListedOption> report_option_list() {
  return listed(table());
}

std::string report_help() {
  std::ostringstream options;
  options << table();
  return help_text("report", options.str());
}

namespace {

ReportSource read_source(const std::string& path) {
  const std::string text = read_file(path);
  return {path, profile_from_yaml(text, path), places_in(text, path)};
}

std::string shown_as(ReportOptions::Format format, const std::vector<Report>& reports) {
  switch (format) {
    case ReportOptions::Format::kMarkdown:
      return to_markdown(reports);
    case ReportOptions::Format::kHtml:
      return to_html(reports);
    case ReportOptions::Format::kJson:
      return to_json(reports);
    case ReportOptions::Format::kJunit:
      return to_junit(reports);
    case ReportOptions::Format::kSarif:
      return to_sarif(reports);
    case ReportOptions::Format::kGithub:
      return to_github(reports);
  }
  return {};
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
  const std::string text = shown_as(options.format, reports);
  if (options.output.empty() || options.output == "-") {
    write_standard_output(text);
  } else {
    write_file(options.output, text);
  }
  if (!options.summary.empty()) append(options.summary, to_markdown(reports));
  return ExitCode::kDone;
}

}  // namespace capmin
