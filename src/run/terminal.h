#pragma once

#include "options/run_options.h"

#include <cstdio>
#include <string>
#include <string_view>

namespace capmin {

/// How a line for a person is coloured.
enum class Tint { kPlain, kGood, kBad, kDim };

/// The error stream as a person sees it: a terminal, or a log of plain lines.
class Terminal {
 public:
  /// `color` and the environment (NO_COLOR, TERM) decide on colours.
  explicit Terminal(Color color);

  bool is_terminal() const { return is_terminal_; }
  /// Columns of the terminal, at least 20; 100 where there is none.
  int columns() const;
  /// `text` in the colour of `tint`, where colours are on.
  std::string tinted(std::string_view text, Tint tint) const;

  /// Prints a line; takes the passing line away first.
  void line(const std::string& text);
  /// Shows a line that the next one replaces; only on a terminal.
  void passing(const std::string& text);
  /// Takes the passing line away.
  void clear();

 private:
  bool is_terminal_;
  bool colored_;
  bool passing_shown_ = false;
};

}  // namespace capmin
