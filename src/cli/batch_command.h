#pragma once

#include <string>
#include <vector>

namespace capmin {

/// `capmin batch`: searches and verifications of many images. Returns the exit status or throws
/// Error.
int batch_command(const std::vector<std::string>& arguments);

}  // namespace capmin
