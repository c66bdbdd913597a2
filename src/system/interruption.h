#pragma once

#include <memory>
#include <stop_token>
#include <string>

namespace capmin {

/// While it lives, the first SIGINT, SIGTERM or SIGHUP requests a stop instead of ending the
/// program, so that containers can be removed; a second one ends the program at once after
/// printing `last_words`. SIGPIPE is ignored for good: writing reports it. One object at a time.
class Interruption {
 public:
  explicit Interruption(std::string last_words);
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  /// Stops when the first signal has come.
  std::stop_token token() const;
  /// The signal that came first; 0 before any did.
  int signal() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace capmin
