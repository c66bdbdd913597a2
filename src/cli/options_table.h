#pragma once

#include "cli/options_listed.h"

#include <string>
#include <vector>

namespace boost::program_options {
class options_description;
}

namespace capmin {

/// The options of `capmin run` under their headings, in the order in which help shows them.
std::vector<boost::program_options::options_description> run_options_table();

/// The help text of `capmin run`.
std::string run_help();

/// The options of `capmin run`, in the same order.
std::vector<ListedOption> run_option_list();

}  // namespace capmin
