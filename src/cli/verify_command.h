#pragma once

#include <string>
#include <vector>

namespace capmin {

/// `capmin verify`: says of profiles whether they still hold. Returns the exit status or throws
/// Error.
int verify_command(const std::vector<std::string>& arguments);

}  // namespace capmin
