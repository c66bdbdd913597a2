#pragma once

#include "run/option_values.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace boost::program_options {
class options_description;
}

namespace capmin {

/// Whether an option stands for itself or has a value.
enum class OptionKind { kFlag, kValue };

/// The kind of the option --`name` of `table`; nothing where there is none of that name.
std::optional<OptionKind> option_kind(const boost::program_options::options_description& table,
                                      std::string_view name);

/// The kind of the option --`name` of `capmin run`; nothing where there is none of that name.
std::optional<OptionKind> run_option(std::string_view name);

/// The options of `capmin run` under their headings, in the order in which help shows them.
std::vector<boost::program_options::options_description> run_options_table();

/// The help text of `capmin run`.
std::string run_help();

/// The options of `capmin run`, in the same order.
std::vector<ListedOption> run_option_list();

}  // namespace capmin
