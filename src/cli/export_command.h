#pragma once

#include <string>
#include <vector>

namespace capmin {

/// `capmin export`: writes a profile's set as another tool spells it, to a file of its own or into
/// an existing one. Warnings and notes go to standard error. Returns kDone. Throws Error kUsage for
/// what is no profile or cannot be merged into, kOutput where the result cannot be written.
int export_command(const std::vector<std::string>& arguments);

}  // namespace capmin
