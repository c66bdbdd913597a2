#include "cli/options_doctor.h"

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
  described.add_options()("engine", value("auto|docker|podman"), "as for capmin run")(
      "host", value("URL"), "the engine's address, as docker --host")(
      "context", value("NAME"), "as docker --context")("engine-timeout", value("TIME"),
                                                       "of each call of the engine (default: 30s)")(
      "format", value("text|json"), "of what is printed (default: text)")(
      "verbose,v", "print every call of the engine")("help,h", "print this");
  return described;
}

}  // namespace

DoctorOptions parse_doctor_options(const std::vector<std::string>& arguments) {
  const std::string hint = "see capmin help doctor";
  DoctorOptions options;
  for (const auto& [name, value] : given_options(arguments, table(), "image", hint)) {
    if (name == "image") {
      if (!options.image.empty()) usage_error("'" + value + "' is one image too many", hint);
      options.image = value;
    } else if (name == "format") {
      options.json = chosen<bool>(name, value, {{"text", false}, {"json", true}});
    } else if (name == "verbose") {
      options.verbosity = Verbosity::kVerbose;
    } else {
      read_engine_option(name, value, options.engine);
    }
  }
  return options;
}

std::vector<ListedOption> doctor_option_list() {
  return listed(table());
}

std::string doctor_help() {
  std::ostringstream text;
  text
      << "usage: capmin doctor [IMAGE] [options]\n\n"
         "Shows what this machine and its engine can and cannot show, and what follows from it "
         "for\n"
         "capmin run. Looking inside a container takes an image that has sleep and cat: IMAGE, or\n"
         "one of those that the engine has. Nothing is fetched, and no capability is granted.\n\n"
      << table()
      << "\nExit status: 0 capmin run can work here; 2 usage; 5 no engine works; 6 there is no\n"
         "image IMAGE; 130, 143 interrupted, cleaned up.\n";
  return text.str();
}

}  // namespace capmin
