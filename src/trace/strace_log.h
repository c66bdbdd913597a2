#pragma once

#include "trace/strace_table.h"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// Reads what `strace -f -Z -Y` prints, piece by piece, and keeps the calls that failed as those of
/// a process without a privilege do. The text is hostile where it tells arguments and names of
/// processes: strace puts the former in quotes and escapes quotes, line breaks and controls in
/// both, so that they cannot look like lines of its own; what is kept is ASCII without controls.
/// Memory is bounded whatever comes. strace 6.1.
class StraceLog {
 public:
  /// Takes the next piece of the text; lines may be cut anywhere.
  void append(std::string_view piece);

  /// The calls by name, error, arguments and process: each once, in the order of their first
  /// failure.
  std::vector<FailedCall> failed_calls() const;
  /// How many failures are not among them: of lines that were too long, and of calls that were too
  /// many.
  std::size_t lost() const { return lost_; }
  /// Whether strace said that it traces a process.
  bool attached() const { return attached_; }
  /// What strace said of itself first, mostly why it cannot trace; printable, empty if nothing.
  const std::string& complaint() const { return complaint_; }

 private:
  void take_line();
  void keep(FailedCall call);

  std::string line_;
  bool line_is_long_ = false;
  std::map<std::string, std::size_t> places_;
  std::vector<FailedCall> calls_;
  std::size_t lost_ = 0;
  bool attached_ = false;
  std::string complaint_;
};

}  // namespace capmin
