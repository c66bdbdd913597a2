#pragma once

#include "core/error.h"

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace capmin {

/// While it lives, the first SIGINT, SIGTERM or SIGHUP requests a stop instead of ending the
/// program, so that containers can be removed. Any of them that comes within a second of the first
/// one is the same signal: GNU timeout(1) signals a process and its group, service managers and
/// wrappers do so as well. One that comes later ends the program at once. The time is that of the
/// arrival, on a clock that nobody sets. SIGPIPE is ignored for good: writing reports it. One
/// object at a time; once a signal has come, later ones are nothing after its end: the program is
/// about to end as well.
class Interruption {
 public:
  /// `last_words` are printed on standard error when the program ends at once. Without them no
  /// later signal ends it: that is for a process whose parent decides, which gets the signals of
  /// its parent and perhaps those of others.
  explicit Interruption(std::optional<std::string> last_words = {});
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  /// Stops when the first signal has come.
  std::stop_token token() const;
  /// The signal that came first; 0 before any did.
  int signal() const;
  /// The status of a program that this signal ends: 130 for SIGINT, else 143.
  ExitCode exit_code() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace capmin
