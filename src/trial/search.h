#pragma once

#include "core/planner.h"
#include "core/trial.h"
#include "diagnosis/rule_table.h"
#include "diagnosis/secrets.h"
#include "trial/conditions.h"
#include "trial/outcome.h"

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace capmin {

/// Runs trial `number`; the seam between the search and the engine.
using TrialRunner = std::function<Outcome(int number, CapabilitySet grant,
                                          const TrialDeadline& deadline, std::stop_token stop)>;

/// What the file of the image's `program` (a path, or a name to look up in its PATH) gives; nothing
/// where that is not known.
using PrivilegesOfProgram = std::function<ProgramPrivileges(const std::string& program)>;

/// How long trials may take.
struct Patience {
  std::chrono::milliseconds baseline{60'000};      ///< until the ceiling has passed
  std::optional<std::chrono::milliseconds> fixed;  ///< for all trials, where the user said so
};

/// The longest wait of a trial before any baseline has passed. Where one of the ceiling has failed
/// of which nothing changed any more, `is_stuck`, the next takes a third of the patience.
std::chrono::milliseconds baseline_deadline(const Patience& patience, bool is_stuck);

/// The longest wait of a trial after the baseline passed in `baseline_seconds`: four times that,
/// and since other processes of the machine may slow any trial at least 3 s, or 1 s and what the
/// machine `stalled` meanwhile where that is known and less.
std::chrono::milliseconds derived_deadline(
    double baseline_seconds, const Patience& patience,
    std::optional<std::chrono::milliseconds> stalled = std::nullopt);

/// The `usual` deadline of a trial and half of what the machine `stalled` since its program began,
/// at most twice the usual: a load that began after the baseline takes from the trials what the
/// baseline had.
std::chrono::milliseconds busy_deadline(std::chrono::milliseconds usual,
                                        std::chrono::milliseconds stalled);

/// Waits until the engine answers, at most so long (0: asks once) or until a stop; whether it does.
using AwaitEngine =
    std::function<bool(std::chrono::milliseconds patience, const std::stop_token& stop)>;

/// For so long after an engine was lost, trials that it takes with it do not count: they are run
/// again as soon as it answers.
inline constexpr std::chrono::milliseconds kEnginePatience{30'000};

/// How much a search may cost, beyond the trials that it knows; nothing set is no limit.
struct Budget {
  std::optional<std::chrono::milliseconds> time;  ///< from the start of search()
  std::optional<int> trials;                      ///< containers started
};

/// So many trials may be parked at once: further ones keep their slots.
inline constexpr int kMostParked = 4;

/// A trial that has waited for this long after the baseline passed in `baseline_seconds` is parked:
/// it most likely fails. Of 843 trials that passed with less than the ceiling, of 29 services, the
/// slowest took 2.0 times as long as the baseline.
std::chrono::milliseconds parking_time(double baseline_seconds);

/// What a search may take.
struct SearchLimits {
  int slots = 1;  ///< trials side by side
  /// Whether trials that wait for too long free their slots, to be judged while others run.
  bool parks = false;
  Patience patience;
  Budget budget;
  std::chrono::milliseconds engine_patience = kEnginePatience;
};

/// What is known of a search before its first trial.
struct KnownTrials {
  std::vector<FinishedTrial> trials;  ///< of an earlier run of the same search
  std::vector<ConditionTrial> conditions;
  int first_number = 0;  ///< of new trials, where no known one has a higher number

  /// The number of the first trial that is not known.
  int next_number() const;
};

/// What a trial is judged and diagnosed by, beside the rules.
struct DiagnosisFacts {
  bool strict = false;  ///< a trial that passes but has losses() counts as failed
  Secrets secrets;      ///< masked in everything that a trial leaves behind
  /// Asked about programs whose execution was refused, or that complain without saying of what, and
  /// about the first ones that a traced baseline executed.
  PrivilegesOfProgram privileges_of = [](const auto&) { return ProgramPrivileges{}; };
  /// Capabilities that the image's facts speak for, Policy::belief apart: tried first where a log
  /// is vague.
  CapabilitySet expected;
};

/// What a search needs to know before its first trial.
struct SearchPlan {
  Policy policy;
  SearchLimits limits;
  KnownTrials known;
  DiagnosisFacts diagnosis;
  /// Runs trials under the engine's own settings for ports and ping, for Conditions and OpenPorts,
  /// where those of the search are others; else null. They are no part of the history.
  TrialRunner under_engine_ports;
  /// Asked after engine trouble, and before another trial where the engine was lost.
  AwaitEngine await_engine = [](auto, const auto&) { return true; };
  /// Told how many trials are parked, each time before others may be started.
  std::function<void(int parked)> note_parked = [](int) {};
  /// How long the machine of the trials has stalled so far, machine_stall(); nothing where that is
  /// not known.
  std::function<std::optional<std::chrono::milliseconds>()> stalled = [] {
    return std::optional<std::chrono::milliseconds>();
  };
};

/// A trial that runs now.
struct RunningTrial {
  int number = 0;
  TrialRequest request;
  bool is_condition = false;  ///< under the engine's own settings for ports and ping
  bool is_parked = false;
  bool has_waited = false;  ///< its probe was asked, or its end awaited
  TrialWait wait;
  std::chrono::steady_clock::time_point begin;  ///< before its container was made
  std::chrono::milliseconds deadline{0};        ///< its longest wait, as far as that is known
};

/// What happens during a search, for whoever watches; called on the thread of search().
struct SearchEvents {
  /// Which useful trials run, by their numbers, after what is known: each time that changed.
  std::function<void(const std::vector<RunningTrial>& trials, const History& history)> running =
      [](const auto&, const auto&) {};
  std::function<void(const FinishedTrial& trial)> finished = [](const auto&) {};
  std::function<void(int number, CapabilitySet grant, const Outcome& outcome)> condition_finished =
      [](int, CapabilitySet, const auto&) {};
  /// The engine does not answer and is waited for, at most so long.
  std::function<void(std::chrono::milliseconds patience)> engine_lost = [](auto) {};
  /// No more trials are wanted; those that still run are ended.
  std::function<void()> ending = [] {};
};

/// Why a search came to its end.
enum class SearchEnd { kVerdict, kInterrupted, kOutOfTime, kOutOfTrials };

/// A search that has come to its end.
struct SearchResult {
  SearchEnd end = SearchEnd::kInterrupted;
  std::optional<Step> verdict;  ///< of search(), with kVerdict; never RunTrials
  std::vector<FinishedTrial>
      trials;       ///< by their numbers, known ones included; useless ones left out
  int started = 0;  ///< containers asked for, useless ones included
  std::vector<ConditionTrial>
      condition_trials;  ///< in the order of their ends, known ones left out

  /// What the planner knew at the end.
  History history() const;
  /// The trial `number`, which must be among `trials`.
  const FinishedTrial& trial(int number) const;
  /// The passed trials of `ceiling`.
  std::vector<FinishedTrial> baselines(CapabilitySet ceiling) const;
};

/// How `plan` goes on after `result`, which took `spent`: all its trials are known, and the budget
/// is what it left.
SearchPlan rest_of(const SearchPlan& plan, const SearchResult& result,
                   std::chrono::steady_clock::duration spent);

/// The trials that should be running after `history`, where those of the grants `parked` run
/// already and take no slot; nothing where no more are wanted.
using ChooseTrials = std::function<std::optional<RunTrials>(const History& history,
                                                            std::span<const CapabilitySet> parked)>;

/// A trial that ends in engine trouble, after which the engine does not answer, is left out of the
/// history for SearchLimits::engine_patience from the first of them on, and so run again; what
/// comes later is undecided like any other trouble. Runs what `choose` wants until it wants nothing
/// (the end is kVerdict then, without a verdict), a stop is requested or the budget is used up.
/// Where it wants no trials for a likely set, what that needs only for its ports is found out, at
/// any cost, and is the end; beside other trials that is begun in a free slot, unless the budget
/// counts trials. An Error thrown by a trial ends all others and is thrown on.
SearchResult run_chosen_trials(const SearchPlan& plan, const RuleTable& rules,
                               const TrialRunner& run_trial, const SearchEvents& events,
                               const std::stop_token& stop, const ChooseTrials& choose);

/// What the evidence of failed trials names, and not only in a vague clue: suspects of the log, and
/// checks that made system calls fail.
CapabilitySet blamed(const std::vector<FinishedTrial>& trials);

/// Asks the planner and runs what it wants until it has a verdict, a stop is requested or the
/// budget is used up. Where the ceiling fails and that may be about low ports or ping, OpenPorts is
/// asked as well, as far as the budget goes: its trials are among the condition trials. Throws as
/// run_chosen_trials().
SearchResult search(const SearchPlan& plan, const RuleTable& rules, const TrialRunner& run_trial,
                    const SearchEvents& events, const std::stop_token& stop);

}  // namespace capmin
