#pragma once

#include <string>
#include <vector>

namespace capmin {

/// `capmin explain`: what a log, a capability, a mask or a running container's sets mean. Returns
/// the exit status or throws Error.
int explain_command(const std::vector<std::string>& arguments);

}  // namespace capmin
