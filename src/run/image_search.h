#pragma once

#include "core/error.h"
#include "engine/engine.h"
#include "engine/engine_guardian.h"
#include "engine/program_files.h"
#include "options/run_options.h"
#include "profile/profile.h"
#include "run/chosen_rules.h"
#include "run/progress.h"
#include "run/run_plan.h"
#include "run/run_tracer.h"
#include "system/process.h"
#include "trial/conditions.h"
#include "trial/journal.h"
#include "trial/search.h"

#include <chrono>
#include <filesystem>
#include <future>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

namespace capmin {

/// What all searches of a command work with.
struct SearchBench {
  ProcessRunner& runner;
  std::shared_future<ChosenRules> rules;
  Terminal* terminal = nullptr;  ///< shows the trials; null shows nothing
  /// When trials end, whatever they have shown; none leaves that to the options.
  std::optional<std::chrono::steady_clock::time_point> until = {};
  /// Makes the containers of trials; null: the engine alone does.
  Company* company = nullptr;
};

/// Where a search keeps its trials, so that another can go on with them.
struct SearchJournal {
  std::filesystem::path path;
  Journal::Mode mode = Journal::Mode::kStart;
  /// Not empty: all that the result depends on. The trials of a search of another key are dropped,
  /// where they are refused otherwise.
  std::string key = {};
};

/// What a search knows before its first trial.
struct SearchStart {
  std::vector<FinishedTrial> known = {};
  std::vector<ConditionTrial> known_conditions = {};
  CapabilitySet guess = {};         ///< tried first; empty has none
  bool proves_guess = false;        ///< Policy::proves_guess
  std::optional<Level> level = {};  ///< to be proven, where it is another one than the options say
  std::optional<SearchJournal> journal = {};  ///< none keeps no trials
};

/// The search came to its end: the profile of a minimal set with its proof.
struct FoundProfile {
  Profile profile;
};

/// The search was cut short by its budget or a stop.
struct CutShort {
  std::string by;  ///< "the deadline", "the number of trials"; empty where a stop came
  /// Of the best set that passed, with the guarantee "incomplete"; nothing where none did.
  std::optional<Profile> best;
};

/// How a search of an image ends; the Error tells why there is no set, for a person.
using SearchOutcome = std::variant<FoundProfile, CutShort, Error>;

/// One search of one image, from its plan to its profile; whoever minimizes or verifies an image
/// does it through one of these.
class ImageSearch {
 public:
  /// Settles what needs no engine, and chooses and guards one. `options` must live as long. Throws
  /// Error as begin_run_plan() and choose_engine() do.
  ImageSearch(const RunOptions& options, SearchBench bench);
  ~ImageSearch();
  ImageSearch(const ImageSearch&) = delete;
  ImageSearch& operator=(const ImageSearch&) = delete;

  /// Looks at the engine and the image, once however often it is called. Throws as
  /// complete_run_plan() does.
  void prepare();
  /// The same, and attaches what --evidence asks for to the kernel meanwhile.
  void prepare_to_trace();
  /// Tells what is run on what, and shows trials from now on.
  void announce();
  /// Shows a line among those of the trials.
  void say(const std::string& line) const;

  const RunPlan& plan() const { return plan_; }
  Engine& engine() { return engine_; }
  const Engine& engine() const { return engine_; }
  /// What makes two searches the same one; prepare() must have been called.
  SearchFacts facts() const;
  /// Containers that were started so far.
  int trials() const { return trials_; }

  /// Runs trials that `choose` wants, one at a time, under `plan`, which is plan() or differs from
  /// it in its settings. Nothing when a stop came. Throws Error kBudget.
  std::optional<SearchResult> try_out(const RunPlan& plan, const ChooseTrials& choose,
                                      const std::stop_token& stop);
  /// Searches, goes on with the journal's trials if it has such, and finds out what is conditional.
  /// Throws Error as the journal does.
  SearchOutcome search(const SearchStart& start, const std::stop_token& stop);
  /// Whether nothing but trials under strace shows that sets work.
  bool rests_on_strace() const { return !plan_.setup.straced.empty() && !is_confirmed_; }
  /// Removes the journal of the search: what it found is written.
  void forget_trials();

 private:
  void begin_tracing();
  void open_journal(const SearchJournal& journal);
  SearchPlan plan_of(const SearchStart& start, ProgramFiles& files);
  Budget budget_left() const;
  SearchEvents events(Progress::Expect expect);
  void show(const std::string& what) const;
  void end_live_text() const;
  void note_trials(const SearchPlan& search, const SearchResult& result);
  void confirm_without_strace(const std::stop_token& stop, SearchResult& result);
  SearchOutcome outcome_of(const SearchPlan& search, const SearchResult& result,
                           const ImagePrograms& programs);
  CutShort cut_short(const SearchResult& result, const ImagePrograms& programs) const;

  const RunOptions& options_;
  SearchBench bench_;
  RunPlan plan_;
  ChosenEngine chosen_;
  Engine engine_;
  EngineGuardian guard_;
  std::future<TracerAttachment> kernel_;
  std::optional<RunTracer> tracer_;
  std::optional<Progress> progress_;
  std::optional<Journal> journal_;
  bool is_prepared_ = false;
  bool is_confirmed_ = false;
  int trials_ = 0;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace capmin
