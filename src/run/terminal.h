#pragma once

#include "options/shared_options.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace capmin {

/// How a line for a person is coloured.
enum class Tint { kPlain, kGood, kBad, kDim };

/// What goes on for a while, told anew as time passes. Called on any thread, so that what is
/// captured must be a copy, or never change.
struct LiveText {
  using Time = std::chrono::steady_clock::time_point;
  /// A line or two for a terminal of so many columns; what is longer is cut.
  std::function<std::vector<std::string>(Time now, std::size_t columns)> lines;
  /// The same for a log.
  std::function<std::string(Time now)> line;
};

/// How often a LiveText is told.
struct Pace {
  std::chrono::milliseconds redraw{200};        ///< on a terminal
  std::chrono::milliseconds heartbeat{30'000};  ///< in a log, after so much silence
};

/// The error stream as a person sees it: a terminal, on which the last lines are redrawn and none
/// is longer than the screen is wide, or a log of plain lines. Thread-safe. The first one that
/// lives is where print_beside() prints.
class Terminal {
 public:
  /// `color` and the environment (NO_COLOR, TERM) decide on colours.
  explicit Terminal(Color color, std::FILE* stream = stderr, Pace pace = {});
  /// Takes the live text away.
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  /// Whether lines can be redrawn; else lines of a log should tell the time.
  bool is_terminal() const { return redraws_; }
  /// How wide the screen is now, at least 20; nothing where a line has no end.
  std::optional<std::size_t> columns() const;
  /// `text` in the colour of `tint`, where colours are on.
  std::string tinted(std::string_view text, Tint tint) const;

  /// Prints one line or more, above the live text.
  void line(const std::string& text);
  /// Shows `live` from now on, in place of what was shown before.
  void show(LiveText live);
  /// Takes the live text away, before somebody else writes.
  void clear();
  /// What a signal handler prints before it ends the program, whatever is shown then.
  std::string last_words(const std::string& text) const;

 private:
  using Clock = std::chrono::steady_clock;
  void write(const std::string& text);
  std::string drawn() const;
  void draw();
  void tick(const std::stop_token& stop);

  std::FILE* stream_;
  Pace pace_;
  bool is_screen_;  ///< a terminal, of whatever kind
  bool redraws_;
  bool is_colored_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<LiveText> live_;
  std::string shown_;  ///< the live text as it was drawn last; empty where it is not
  Clock::time_point written_ = Clock::now();
  std::jthread ticker_;
};

/// Prints a line of somebody who does not know the terminal, such as a logger, as the terminal does
/// where there is one.
void print_beside(const std::string& line);

/// `text` for the standard output: with lines no longer than the screen is wide, where it goes to
/// one.
std::string for_standard_output(const std::string& text);

/// "12:05:59 ", by this machine's clock: how a line begins in a log.
std::string time_of_day();

}  // namespace capmin
