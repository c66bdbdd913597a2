#pragma once

#include <string>
#include <vector>

namespace capmin {

/// `capmin run`: finds, proves and writes the minimal set of an image. Returns the exit status or
/// throws Error.
int run_command(const std::vector<std::string>& arguments);

}  // namespace capmin
