#pragma once

#include "core/capability_set.h"
#include "trace/failed_call.h"

#include <string>
#include <string_view>
#include <vector>

namespace capmin {

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
