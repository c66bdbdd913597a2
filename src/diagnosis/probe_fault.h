#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace capmin {

/// What a probe that failed says of its own fault, sanitized: the first line of its `output` by
/// which a shell, an interpreter or an engine tells of a program that is not there or cannot be
/// executed, of a script that is no valid one or of a module that is missing; where there is none,
/// the last line of a probe that ended with the status 126 or 127, the shell's words for the same
/// (POSIX, Shell Command Language 2.8.2). Nothing where the probe seems to have judged. A refusal
/// for lack of permission, which a grant may lift, is no fault. Linear in the size of the output.
std::optional<std::string> probe_fault(std::string_view output, std::optional<int> exit);

}  // namespace capmin
