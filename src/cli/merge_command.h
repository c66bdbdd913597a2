#pragma once

#include <string>
#include <vector>

namespace capmin {

/// `capmin merge`: joins the results of the shards of a batch. Returns the exit status or throws
/// Error.
int merge_command(const std::vector<std::string>& arguments);

}  // namespace capmin
