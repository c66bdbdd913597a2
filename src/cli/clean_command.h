#pragma once

#include <string>
#include <vector>

namespace capmin {

/// `capmin clean`: removes what dead runs left; returns the exit status.
int clean_command(const std::vector<std::string>& arguments);

/// The command line of a `capmin clean` on the engine that `client`, a program with its global
/// options, leads to.
std::vector<std::string> clean_command_line(const std::vector<std::string>& client);

}  // namespace capmin
