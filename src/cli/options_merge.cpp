#include "cli/options_merge.h"

#include "run/option_values.h"
#include "run/options_given.h"

#include <boost/program_options.hpp>

#include <sstream>

namespace capmin {
namespace {

namespace po = boost::program_options;
using std::string;
using Format = BatchOptions::Format;

constexpr const char* kHint = "see capmin merge --help";

po::options_description table() {
  po::options_description options("Options");
  const auto text = [](const char* name) { return po::value<string>()->value_name(name); };
  auto add = options.add_options();
  add("results,o", text("DIRECTORY"),
      "write the joined results here, as one batch on one machine would have left them");
  add("fail-on", text("loose,stale"), "end with status 1 for these as well");
  add("format", text("text|json|markdown|junit|sarif|github"), "of the answer (default: text)");
  add("directory", text("DIRECTORY"),
      "where the batch file is, for the paths of profiles in sarif (default: here)");
  add("help,h", "print this");
  return options;
}

void read(const string& name, const string& value, MergeOptions& options) {
  if (name == "result") {
    options.directories.push_back(value);
  } else if (name == "results") {
    options.results = value;
  } else if (name == "directory") {
    options.directory = value;
  } else if (name == "fail-on") {
    options.fail_on = fail_on_of(value);
  } else if (name == "format") {
    options.format = batch_format(value);
  } else {
    usage_error("the option --" + name + " is not known", kHint);
  }
}

}  // namespace

MergeOptions parse_merge_options(const std::vector<string>& arguments) {
  MergeOptions options;
  for (const auto& [name, value] : given_options(arguments, table(), "result", kHint)) {
    read(name, value, options);
  }
  if (options.directories.empty()) {
    usage_error("capmin merge needs the directories of results", "capmin merge DIR...");
  }
  return options;
}

std::vector<ListedOption> merge_option_list() {
  return listed(table());
}

string merge_help() {
  std::ostringstream text;
  text
      << "usage: capmin merge DIR... [options]\n"
         "\n"
         "Joins the results that the parts of a batch (capmin batch --shard) left in directories,\n"
         "and reports as one batch would have: no engine is needed. The order of the directories\n"
         "does not matter, nor does naming one twice, or one that capmin merge wrote.\n"
         "\n"
         "Missing parts are named, and jobs that were not run. Where a job was tried again on\n"
         "another machine, because the first one could not (5 to 8), the later result counts.\n"
         "Directories of different batch files, versions, rules or splits are refused, and so are\n"
         "two results of one job, and every file that is not as capmin batch writes it.\n"
         "\n"
      << table()
      << "\nExit status, the highest of all jobs, as capmin batch has it; 7 where jobs were not "
         "run;\n"
         "2 where the directories do not go together; 8 output not written; 10 internal error.\n";
  return text.str();
}

}  // namespace capmin
