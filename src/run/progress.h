#pragma once

#include "run/terminal.h"
#include "trial/search.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace capmin {

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

/// How much of a trial is shown.
struct TrialView {
  CapabilitySet ceiling;
  /// What has no room in so many columns stands below, and is cut; nothing has room for all.
  std::optional<std::size_t> columns;
  bool is_whole = false;  ///< nothing is cut
  std::string stamp;      ///< the time, before the first line
};

/// The finished `trial` in lines: " pass  baseline   Docker's 14 ... 1.8 s", and behind or below a
/// failure what was seen, which rule that leads to, and how the log ends.
std::vector<std::string> trial_lines(const FinishedTrial& trial, const TrialView& view);

/// What goes on in a search.
struct SearchState {
  std::vector<RunningTrial> trials;  ///< that run, by their numbers
  CapabilitySet ceiling;
  bool is_engine_lost = false;
  int newest = 0;                               ///< the highest number that a trial had so far
  std::optional<int> last_number;               ///< of the last trial there will be, most likely
  std::optional<double> seconds_left;           ///< most likely, from `at` on
  std::chrono::steady_clock::time_point begin;  ///< of the search
  std::chrono::steady_clock::time_point at;     ///< when all this was so
};

/// The state in two lines, for a terminal of so many columns: what runs now (of several the oldest
/// that is not parked), for how long and what it waits for; how many there will be and how long
/// that will take. What matters less is left out where it does not fit. No lines where nothing
/// runs.
std::vector<std::string> live_lines(const SearchState& state, LiveText::Time now,
                                    std::size_t columns);
/// The same in one line, for a log.
std::string live_line(const SearchState& state, LiveText::Time now);

/// A live text of something that takes its time: "now   asking docker about nginx:1.27".
LiveText live_text(const std::string& what);

/// Tells a person what a search does: one line per finished trial, with the clue that a failure
/// gave, and below them what runs now.
class Progress {
 public:
  /// How many more trials a history most likely takes, the running ones included, where the
  /// engine's own settings were tried or not; nothing where that is not known. It is called on any
  /// thread.
  using Expect =
      std::function<std::optional<int>(const History& history, bool has_tried_conditions)>;

  /// Shows trials of `ceiling`, long lines whole where `is_whole`.
  Progress(Terminal& terminal, CapabilitySet ceiling, bool is_whole)
      : terminal_(terminal), ceiling_(ceiling), is_whole_(is_whole) {}

  /// The events to give to search(), whose trials are counted by `expect`; this object must live as
  /// long.
  SearchEvents events(Expect expect);

 private:
  using Clock = std::chrono::steady_clock;
  void running(const std::vector<RunningTrial>& trials, const History& history);
  void finished(const FinishedTrial& trial);
  void condition_finished(int number, CapabilitySet grant, const Outcome& outcome);

  Terminal& terminal_;
  CapabilitySet ceiling_;
  bool is_whole_;
  Expect expect_;
  bool has_told_stuck_ = false;
  bool is_engine_lost_ = false;
  bool has_tried_conditions_ = false;
  int finished_ = 0;
  int newest_ = 0;                          ///< the highest number of a trial
  std::optional<Clock::time_point> begin_;  ///< of the first trial
};

}  // namespace capmin
