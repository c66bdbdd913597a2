#include "cli/options_report.h"

#include "cli/option_values.h"

#include <boost/program_options.hpp>

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
                        "append the report as Markdown to this file as well, e.g. "
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
  po::options_description all;
  all.add(table()).add_options()("profile", po::value<std::string>());
  po::positional_options_description positions;
  positions.add("profile", -1);
  ReportOptions options;
  try {
    const auto style =
        po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
    for (const po::option& option : po::command_line_parser(arguments)
                                        .options(all)
                                        .positional(positions)
                                        .style(style)
                                        .run()
                                        .options) {
      const std::string& value = option.value.front();
      if (option.string_key == "format") {
        options.format = format_of(value);
      } else if (option.string_key == "previous") {
        options.previous = value;
      } else if (option.string_key == "summary") {
        options.summary = value;
      } else if (option.string_key == "output") {
        options.output = value;
      } else {
        options.profiles.push_back(value);
      }
    }
  } catch (const po::error& error) {
    usage_error(error.what(), kHint);
  }
  if (options.profiles.empty()) {
    usage_error("capmin report needs a profile", "capmin report PROFILE... --format html");
  }
  if (!options.previous.empty() && options.profiles.size() > 1) {
    usage_error("--previous goes with one profile", "call capmin report for each profile");
  }
  return options;
}

std::string report_help() {
  std::ostringstream text;
  text
      << "usage: capmin report PROFILE... [options]\n"
         "\n"
         "Says what a reviewer needs to know of a profile: the verdict, what each capability\n"
         "permits and why it is needed, the search, what was not exercised. Several profiles give\n"
         "one document with an index. No engine is needed.\n"
         "\n"
      << table()
      << "\n"
         "html is one file without scripts or outside resources; junit has a case for each\n"
         "capability; sarif and github have a remark at each one's line in the profile: a note "
         "for\n"
         "low risk, a warning for medium, an error for high.\n"
         "\n"
         "Exit status: 0 done; 2 usage, or a file that is no profile; 8 output not written;\n"
         "10 internal error.\n";
  return text.str();
}

}  // namespace capmin
