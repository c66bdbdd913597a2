#pragma once

#include <string>
#include <vector>

namespace capmin {

/// Hands `arguments` (without the program's name) over to a command, catches what it throws, prints
/// it, and returns the exit status.
int run_program(const std::vector<std::string>& arguments);

}  // namespace capmin
