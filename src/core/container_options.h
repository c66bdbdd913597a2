#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// Whether --`name` VALUE is an option of `capmin run` that reaches the engine's create command as
/// it is.
bool is_passed_on(std::string_view name);

/// Whether a container on this network, as --network has it, shares the network namespace of the
/// host or of another container. The settings of such a namespace are not the trial's to change.
bool shares_network(std::string_view network);

/// Appends the option `name`, with its dashes, and its value, so that the parser of options takes
/// the value whatever it is.
void append_option(const std::string& name, const std::string& value,
                   std::vector<std::string>& arguments);

}  // namespace capmin
