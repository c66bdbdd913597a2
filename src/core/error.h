#pragma once

#include <stdexcept>
#include <string>

namespace capmin {

/// The exit statuses of the program. 125 to 127 are never used: engines use them for themselves.
enum class ExitCode : int {
  kDone = 0,
  kDifference = 1,
  kUsage = 2,
  kNoWorkingSet = 3,
  kUnstable = 4,
  kEngine = 5,
  kImageMissing = 6,
  kBudget = 7,
  kOutput = 8,
  kInternal = 10,
  kInterrupted = 130,
  kTerminated = 143,
};

/// Bad input or a broken environment: ends the program. The text says what was attempted, on what,
/// and why it failed; the hint says what to do next. Thrown anywhere, caught once, in main.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& what, std::string hint = {})
      : std::runtime_error(what), code_(code), hint_(std::move(hint)) {}

  /// The status the program ends with.
  ExitCode code() const { return code_; }
  /// The next command or flag to try; may be empty.
  const std::string& hint() const { return hint_; }

 private:
  ExitCode code_;
  std::string hint_;
};

}  // namespace capmin
