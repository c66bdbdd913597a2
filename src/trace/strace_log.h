#pragma once

#include "core/capability.h"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// A system call that failed as that of a process without a privilege does, as strace tells it. All
/// text is printable ASCII, but chosen by the traced programs.
struct FailedCall {
  std::string call;       ///< "chown"
  std::string error;      ///< EPERM, EACCES; of calls that lock memory also ENOMEM and EAGAIN
  std::string arguments;  ///< the first ones as strace prints them, shortened; of capset the names
                          ///< of what it asks for
  std::string process;    ///< the name of the program that called, as strace escapes it; or empty
  int count = 1;
  friend bool operator==(const FailedCall&, const FailedCall&) = default;
};

/// The call in words: `nginx: chown("/var/lib/nginx/body", 33, 4294967295) = EPERM, 3 times`.
std::string to_text(const FailedCall& call);

/// What a process that may make the call holds, best guess first; members of one set are needed
/// together. None where no capability is known to help. By src/trace/strace_calls.txt; a guess to
/// try first, never a verdict: a call may fail for other reasons, and the program may not mind.
std::vector<CapabilitySet> suspects_of(const FailedCall& call);

/// The system calls that the table knows, as `strace -e trace=` takes them; a name that this
/// machine's strace or kernel does not know is ignored by it.
std::string traced_calls();

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
  /// failure. Lines that are too long are not among them, nor what comes after very many calls.
  const std::vector<FailedCall>& failed_calls() const { return calls_; }
  /// Whether strace said that it traces a process.
  bool attached() const { return attached_; }
  /// What strace said of itself first, mostly why it cannot trace; printable, empty if nothing.
  const std::string& complaint() const { return complaint_; }

 private:
  void take_line(const std::string& line);
  void keep(FailedCall call);

  std::string line_;
  bool line_is_long_ = false;
  std::map<std::string, std::size_t> places_;
  std::vector<FailedCall> calls_;
  bool attached_ = false;
  std::string complaint_;
};

}  // namespace capmin
