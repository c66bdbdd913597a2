#pragma once

#include <string>

namespace capmin {

/// The system's words for `error`, errno(3); where a limit of this process may be behind it, with
/// that: "Too many open files (this process may have 8: ulimit -n)".
std::string error_text(int error);

/// Whether a limit of this process, getrlimit(2), or of the machine's memory is behind `error`.
bool is_of_limits(int error);

/// What to do where something failed that a limit of this process, which programs inherit from it,
/// may be behind: names those that are low. Empty where none is and `always` is false.
std::string limits_hint(bool always);

/// Throws Error kEngine where the stack is too small for capmin and for an engine's client, which
/// would crash.
void check_stack();

}  // namespace capmin
