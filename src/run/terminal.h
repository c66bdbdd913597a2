#pragma once

#include "options/run_options.h"
#include "trial/search.h"

#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// Tells a person what a search does: one line per finished trial, with the clue that a failure
/// gave; on a terminal also the trial that runs now.
class Progress {
 public:
  Progress(Terminal& terminal, CapabilitySet ceiling) : terminal_(terminal), ceiling_(ceiling) {}

  /// The events to give to search(); this object must live as long.
  SearchEvents events();

  /// Shows a trial under the engine's own settings for ports and ping.
  void condition_finished(int number, CapabilitySet grant, const Outcome& outcome);

 private:
  void started(int number, const TrialRequest& request);
  void finished(const FinishedTrial& trial);
  std::string what(const TrialRequest& request) const;

  Terminal& terminal_;
  CapabilitySet ceiling_;
  bool has_told_stuck_ = false;
};

/// "12:05:59 ", by this machine's clock: how a line begins in a log.
std::string time_of_day();

/// The ceiling in words: "Docker's 14", "Docker's 14 and NET_ADMIN", "9 capabilities".
std::string ceiling_text(CapabilitySet ceiling);
/// The same within a sentence: "Docker's 14 capabilities", "Docker's 14 capabilities and
/// NET_ADMIN", "9 capabilities".
std::string ceiling_phrase(CapabilitySet ceiling);

/// A clue and the best of its suspects.
struct LeadingClue {
  Clue clue;
  CapabilitySet suspect;
};

/// The clue that speaks best for something that `trial` did not grant; nothing where none does.
std::optional<LeadingClue> leading_clue(const FinishedTrial& trial);

}  // namespace capmin
