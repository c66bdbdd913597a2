#pragma once

#include "core/capability.h"

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
  std::string process;    ///< the name of the program that called; may be empty
  int count = 1;
  friend bool operator==(const FailedCall&, const FailedCall&) = default;
};

/// The call in words: `nginx: chown("/var/lib/nginx/body", 33, 4294967295) = EPERM, 3 times`.
std::string to_text(const FailedCall& call);

/// Whether `error` of `call` is what a process without a privilege gets: EPERM or EACCES, and for
/// calls that lock memory ENOMEM and EAGAIN, too (mlock(2)).
bool is_denial(std::string_view call, std::string_view error);

/// The capabilities that `text` names, in capitals and with or without CAP_.
CapabilitySet named_in(std::string_view text);

/// What a process that may make the call holds, best guess first; members of one set are needed
/// together. None where no capability is known to help. From capabilities(7) and the manual page of
/// each system call; a guess to try first, never a verdict: a call may fail for other reasons, and
/// the program may not mind.
std::vector<CapabilitySet> suspects_of(const FailedCall& call);

/// The system calls that the table knows, as `strace -e trace=` takes them; a name that this
/// machine's strace or kernel does not know is ignored by it.
std::string traced_calls();

}  // namespace capmin
