#include "run/options_listed.h"

#include <boost/program_options.hpp>

namespace capmin {

namespace po = boost::program_options;

std::vector<ListedOption> listed(const po::options_description& table) {
  std::vector<ListedOption> options;
  for (const auto& described : table.options()) {
    ListedOption& option = options.emplace_back();
    option.name = described->long_name();
    // "-o" where there is a letter, the long name without dashes where there is none.
    const std::string display =
        described->canonical_display_name(po::command_line_style::allow_dash_for_short);
    if (display.size() == 2 && display.front() == '-') option.letter = display.back();
    if (described->semantic()->max_tokens() != 0) option.value = described->semantic()->name();
    option.text = described->description();
  }
  return options;
}

}  // namespace capmin
