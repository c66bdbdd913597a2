#include "run/options_given.h"

#include "run/option_values.h"

#include <boost/program_options.hpp>

namespace capmin {

namespace po = boost::program_options;

std::vector<GivenOption> given_options(const std::vector<std::string>& arguments,
                                       const po::options_description& table,
                                       const std::string& word, const std::string& hint) {
  po::options_description all;
  all.add(table);
  po::positional_options_description positions;
  if (!word.empty()) {
    all.add_options()(word.c_str(), po::value<std::string>());
    positions.add(word.c_str(), -1);
  }
  std::vector<GivenOption> given;
  try {
    const auto style =
        po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
    const po::parsed_options parsed =
        po::command_line_parser(arguments).options(all).positional(positions).style(style).run();
    for (const po::option& option : parsed.options) {
      given.push_back(
          {option.string_key, option.value.empty() ? std::string() : option.value.front()});
    }
  } catch (const po::error& error) {
    usage_error(error.what(), hint);
  }
  return given;
}

}  // namespace capmin
