#pragma once

#include <string_view>

namespace capmin {

/// Whether --`name` VALUE is an option of `capmin run` that reaches the engine's create command as
/// it is.
bool is_passed_on(std::string_view name);

/// Whether a container on this network, as --network has it, shares the network namespace of the
/// host or of another container. The settings of such a namespace are not the trial's to change.
bool shares_network(std::string_view network);

}  // namespace capmin
