#pragma once

#include <string>

namespace capmin {

/// The log in the file `path`, of whatever kind, or on standard input for "-". Of a log over 6 MiB
/// at least the first and the last 3 MiB. Says on standard error that it waits for a terminal.
/// Throws Error kUsage, with `hint`, where it cannot be read.
std::string read_log(const std::string& path, const std::string& hint);

}  // namespace capmin
