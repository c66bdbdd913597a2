#pragma once

#include <string>
#include <string_view>

namespace capmin {

/// A sanitized log line without what changes from run to run while the facts stay the same: time
/// stamps of the common loggers wherever they stand, and what loggers put before a message beside
/// them (process and thread numbers, levels, a container's host name). Numbers of processes become
/// "N", addresses in memory "0x...". The whole line where nothing else would be left. A number
/// that nothing marks as a process or a time stays. Linear in the size of the line.
std::string steady_line(std::string_view line);

}  // namespace capmin
