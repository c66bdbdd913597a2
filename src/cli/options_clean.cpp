#include "cli/options_clean.h"

#include "run/option_values.h"
#include "run/options_given.h"

#include <boost/program_options.hpp>

#include <sstream>

namespace capmin {
namespace {

namespace po = boost::program_options;

po::options_description table() {
  po::options_description described("Options");
  const auto value = [](const char* name) { return po::value<std::string>()->value_name(name); };
  described.add_options()("engine", value("auto|docker|podman"), "as for capmin run");
  described.add_options()("host", value("URL"), "the engine's address, as docker --host");
  described.add_options()("context", value("NAME"), "as docker --context");
  described.add_options()("engine-timeout", value("TIME"),
                          "of each call of the engine (default: 30s)");
  described.add_options()("dry-run", "print what would be removed, and remove nothing");
  described.add_options()("verbose,v", "print every call of the engine");
  described.add_options()("help,h", "print this");
  return described;
}

}  // namespace

CleanOptions parse_clean_options(const std::vector<std::string>& arguments) {
  CleanOptions options;
  for (const auto& [name, value] : given_options(arguments, table(), "", "see capmin help clean")) {
    if (name == "dry-run") {
      options.dry_run = true;
    } else if (name == "verbose") {
      options.verbosity = Verbosity::kVerbose;
    } else {
      read_engine_option(name, value, options.engine);
    }
  }
  return options;
}

std::vector<ListedOption> clean_option_list() {
  return listed(table());
}

std::string clean_help() {
  std::ostringstream text;
  text
      << "usage: capmin clean [options]\n"
         "\n"
         "Removes the containers and volumes that killed runs left on the engine, and their "
         "copied\n"
         "directories in the temporary directory. What a run makes carries its process, which is\n"
         "known by its number, its start, the boot and the machine; only what such a process made\n"
         "and names, and whose process has ended, is removed. Where that cannot be told from "
         "here,\n"
         "as for another machine or another pid namespace, it is named and left alone.\n"
         "\n"
      << table()
      << "\nExit status: 0 nothing is left of runs that have ended; 2 usage; 5 engine trouble, or\n"
         "something could not be removed; 8 a directory could not be removed, or output not "
         "written.\n";
  return text.str();
}

}  // namespace capmin
