#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// The lines of a log that are looked at.
struct LogLines {
  std::vector<std::string_view> lines;  ///< point into the log, or into `shortened`
  /// Of each of `lines` the number that editors show: 1 for what stands before the first LF. 0 for
  /// what stands behind a part of the log that is left out.
  std::vector<std::size_t> numbers;
  std::deque<std::string> shortened;
};

/// The lines of a container's log in their order and without their ends (LF, CR or both); empty
/// lines are left out. Of a log over 4 MiB the first MiB and the last three; of a line over 16 KiB
/// the first and the last 8 KiB, joined by " ... ". `log` must outlive the result.
LogLines log_lines(std::string_view log);

/// `line` with the escapes that JSON and quoted strings use (\" \\ \/ \n \t \r \u0041) replaced by
/// what they mean; escapes of other kinds stay. Control characters become blanks.
std::string unescaped(std::string_view line);

/// A sanitized log line without what changes from run to run while the facts stay the same: time
/// stamps of the common loggers wherever they stand, and what loggers put before a message beside
/// them (process and thread numbers, levels, a container's host name). Numbers of processes become
/// "N", addresses in memory "0x...". The whole line where nothing else would be left. A number
/// that nothing marks as a process or a time stays. Linear in the size of the line.
std::string steady_line(std::string_view line);

}  // namespace capmin
