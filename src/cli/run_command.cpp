#include "cli/run_command.h"

#include "cli/clean_command.h"
#include "cli/dry_run.h"
#include "core/partial_proof.h"
#include "engine/arguments.h"
#include "engine/first_program.h"
#include "engine/guard.h"
#include "engine/program_files.h"
#include "profile/check_text.h"
#include "profile/profile_yaml.h"
#include "profile/summary.h"
#include "run/chosen_rules.h"
#include "run/options.h"
#include "run/progress.h"
#include "run/run_failure.h"
#include "run/run_journal.h"
#include "run/run_plan.h"
#include "run/run_profile.h"
#include "run/terminal.h"
#include "run/tracing.h"
#include "run/trials.h"
#include "system/file.h"
#include "system/interruption.h"
#include "system/standard_output.h"
#include "text/quote.h"
#include "text/sanitize.h"
#include "text/words.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <system_error>

namespace capmin {
namespace {

/// One `capmin run` from its first trial to its exit status.
class Run {
 public:
  Run(const RunOptions& options, RunPlan& plan, const ChosenRules& rules, KernelTrace kernel,
      Engine& engine, ProcessRunner& runner)
      : options_(options),
        plan_(plan),
        rules_(rules),
        engine_(engine),
        runner_(runner),
        files_(image_files(plan, engine, runner)),
        terminal_(options.color),
        progress_(terminal_, plan.search.policy.ceiling),
        tracing_(options.evidence, std::move(kernel),
                 [this](const std::string& line) { say("  " + line); }) {
    plan.setup.tracer = tracing_.tracer();
    plan.search.policy.awaits_trace = plan.setup.tracer != nullptr;
    if (options.evidence != EvidenceSource::kStrace) return;
    if (const auto refusal = hidden_from_strace(options.engine, engine, runner)) {
      say("  evidence from logs only: " + sanitize(refusal->reason) + "; " + refusal->hint);
      return;
    }
    plan.setup.straced = first_program(plan.setup.spec, plan.image, engine.dialect());
  }

  int operator()();

  // The ends of a search.
  int operator()(const RunTrials& /*verdict*/) const {
    throw Error(ExitCode::kInternal, "the search ended although it wanted more trials");
  }
  int operator()(const CeilingFails& verdict) const {
    throw failure_of(verdict, options_, plan_, result_, programs_);
  }
  int operator()(const Unstable& verdict) const { throw failure_of(verdict, options_, result_); }
  int operator()(const Undecided& verdict) const { throw failure_of(verdict, result_); }
  int operator()(const Minimal& answer) {
    write(profile_of(options_, plan_, result_, with_conditions(answer, plan_.search, result_),
                     programs_, ending_now(begin_)));
    return static_cast<int>(ExitCode::kDone);
  }

 private:
  bool is_quiet() const { return options_.verbosity == Verbosity::kQuiet; }
  void say(const std::string& line) {
    if (!is_quiet()) terminal_.line(line);
  }
  /// What is known of a set that passed, before it has passed without strace.
  std::string works() const {
    return plan_.setup.straced.empty() ? "works" : "worked under strace, untried without";
  }
  void say_cost_of_strace(const FinishedTrial& plain);
  SearchPlan search_plan(std::optional<Journal>& journal);
  Budget budget_left(const SearchPlan& search) const;
  int budget_used_up();
  void keep_what_works();
  void write(const Profile& profile);

  const RunOptions& options_;
  const RunPlan& plan_;
  const ChosenRules& rules_;
  Engine& engine_;
  ProcessRunner& runner_;
  ProgramFiles files_;
  Terminal terminal_;
  Progress progress_;
  Tracing tracing_;
  SearchResult result_;
  ImagePrograms programs_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

int Run::operator()() {
  std::optional<Journal> journal = open_journal(options_, plan_, rules_.sha256);
  const Interruption interruption(
      "\nstopped at once; containers are removed within seconds, or by: " +
      shell_quoted(clean_command_line(engine_.command_line({}))) + '\n');
  say(headline(options_, plan_));
  if (!plan_.engine_note.empty()) say("  " + sanitize(plan_.engine_note));
  if (const std::string line = slots_line(options_, plan_); !line.empty()) say("  " + line);
  for (const std::string& text : plan_.left_out) {
    say("  " + text);
  }
  SearchEvents events = is_quiet() ? SearchEvents{} : progress_.events();
  events.finished = [this, &journal, shown = events.finished](const FinishedTrial& trial) {
    if (journal) journal->add(trial);
    shown(trial);
    tracing_.heed(trial);
  };
  const SearchPlan search = search_plan(journal);
  result_ =
      search_by_trials(search, plan_, rules_.table, events, engine_, runner_, interruption.token());
  // The answer never rests on a trial with the gate alone.
  if (auto* const answer = result_.end == SearchEnd::kVerdict && !plan_.setup.straced.empty()
                               ? std::get_if<Minimal>(&*result_.verdict)
                               : nullptr) {
    result_.end = confirm_without_strace(plan_, budget_left(search), rules_.table, *answer, result_,
                                         events, engine_, runner_, interruption.token());
    if (result_.end == SearchEnd::kVerdict) {
      say_cost_of_strace(result_.trial(answer->proof.passed.back()));
    }
  }
  if (result_.end != SearchEnd::kInterrupted) {
    programs_ = find_programs(
        options_, plan_, result_, files_, [this](const std::string& line) { say(line); },
        interruption.token());
  }
  if (interruption.token().stop_requested()) result_.end = SearchEnd::kInterrupted;
  files_.close();
  for (const std::string& command : engine_.leftovers()) {
    terminal_.line("warning: something could not be removed; remove it with: " + command);
  }
  switch (result_.end) {
    case SearchEnd::kVerdict: {
      // A set that cannot be written may still be resumed, and so may what could not be judged.
      const bool is_kept = std::holds_alternative<Minimal>(*result_.verdict) ||
                           std::holds_alternative<Undecided>(*result_.verdict);
      if (journal && !is_kept) journal->remove();
      const int status = std::visit(*this, *result_.verdict);
      if (journal) journal->remove();
      return status;
    }
    case SearchEnd::kOutOfTime:
    case SearchEnd::kOutOfTrials:
      return budget_used_up();
    case SearchEnd::kInterrupted:
      break;
  }
  keep_what_works();
  terminal_.line("interrupted; the containers of this run are removed");
  if (journal) terminal_.line("  hint: the same command with --resume goes on from here");
  return static_cast<int>(interruption.signal() == SIGINT ? ExitCode::kInterrupted
                                                          : ExitCode::kTerminated);
}

/// What was seen in this run: from the start of the container to the verdict, attaching included.
void Run::say_cost_of_strace(const FinishedTrial& plain) {
  const auto baselines = result_.baselines(plan_.search.policy.ceiling);
  if (baselines.empty()) return;
  say("  the answer passed without strace, too: in " + seconds_text(plain.outcome.seconds) +
      ", beside " + seconds_text(baselines.front().outcome.seconds) +
      " of the baseline with strace");
}

SearchPlan Run::search_plan(std::optional<Journal>& journal) {
  SearchPlan search = plan_.search;
  search.privileges_of = [this](const std::string& program) {
    return files_.privileges_of(program);
  };
  if (!journal) return search;
  search.known = journal->known();
  // What could not be judged may have been the engine's trouble of then.
  std::erase_if(search.known, [](const FinishedTrial& trial) {
    return trial.outcome.verdict == Verdict::kUndecided;
  });
  if (!search.known.empty()) {
    say("resuming after " + std::to_string(search.known.size()) + " finished trials");
  } else if (journal->dropped()) {
    say("starting afresh; --resume would have gone on with the trials of an earlier run");
  }
  return search;
}

/// What the finished search has left of its budget.
Budget Run::budget_left(const SearchPlan& search) const {
  Budget left = search.budget;
  if (left.trials) {
    int before = 0;
    for (const FinishedTrial& trial : search.known)
      before = std::max(before, trial.number + 1);
    left.trials = std::max(0, *left.trials - (result_.started - before));
  }
  if (left.time) {
    const auto spent =
        std::chrono::ceil<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin_);
    left.time = std::max(std::chrono::milliseconds(0), *left.time - spent);
  }
  return left;
}

int Run::budget_used_up() {
  const std::string budget =
      result_.end == SearchEnd::kOutOfTime ? "the deadline" : "the number of trials";
  const std::optional<Proof> best = proof_so_far(result_.history());
  const std::string hint = options_.writes_file()
                               ? "the same command with --resume goes on from here"
                               : "give it more, or -o FILE and --resume";
  if (!best) {
    throw Error(ExitCode::kBudget, budget + " was used up before any set passed", hint);
  }
  write(unfinished_profile_of(options_, plan_, result_, *best, programs_, ending_now(begin_)));
  terminal_.line("error: " + budget + " was used up; what is written " + works() +
                 ", but is not proven to be minimal\n  hint: " + hint);
  return static_cast<int>(ExitCode::kBudget);
}

/// A set that passed below the ceiling, when a signal ends the search. A profile that is there
/// already may be a whole one, and is left alone.
void Run::keep_what_works() {
  const std::optional<Proof> best = proof_so_far(result_.history());
  if (!best || best->set == plan_.search.policy.ceiling) return;
  std::error_code ignored;
  if (options_.writes_file() && !std::filesystem::exists(options_.output, ignored)) {
    write(unfinished_profile_of(options_, plan_, result_, *best, programs_, ending_now(begin_)));
    terminal_.line("what is written " + works() + ", but is not proven to be minimal");
  } else {
    terminal_.line("so far " + to_string(best->set) + ' ' + works() +
                   ", which is not proven to be minimal; nothing is written");
  }
}

void Run::write(const Profile& profile) {
  const std::string text = options_.json ? to_json(profile) : to_yaml(profile);
  if (options_.writes_file()) {
    write_file(options_.output, text);
  } else {
    write_standard_output(text);
  }
  const bool is_verbose = options_.verbosity == Verbosity::kVerbose;
  say("\n" + summary(profile, options_.writes_file() ? options_.output : "") +
      (is_verbose ? unneeded_text(profile) : ""));
}

}  // namespace

int run_command(const std::vector<std::string>& arguments) {
  const RunOptions options = parse_run_options(arguments);
  if (options.verbosity == Verbosity::kVerbose) spdlog::set_level(spdlog::level::debug);
  if (options.writes_file() && !options.dry_run) check_writable(options.output);
  // Reading them takes as long as the engine's first answers, and the built-in ones are valid.
  const std::shared_future<ChosenRules> rules =
      std::async(std::launch::async, chosen_rules, options.rules);
  if (!options.rules.empty()) rules.get();

  RunPlan plan = begin_run_plan(options);
  ProcessRunner runner;
  const ChosenEngine chosen = choose_engine(options.engine, runner);
  Engine engine(runner, chosen.command, options.engine.timeout);
  plan.engine_note = chosen.note;
  if (options.dry_run) {
    complete_run_plan(options, engine, plan);
    write_standard_output(dry_run_text(plan, engine));
    return static_cast<int>(ExitCode::kDone);
  }
  const Guard guard(engine);
  std::future<KernelTrace> kernel = std::async(std::launch::async, kernel_trace, options.evidence,
                                               options.engine, std::cref(engine));
  complete_run_plan(options, engine, plan);
  return Run(options, plan, rules.get(), kernel.get(), engine, runner)();
}

}  // namespace capmin
