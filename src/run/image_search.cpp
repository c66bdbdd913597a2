#include "run/image_search.h"

#include "core/forecast.h"
#include "core/planner.h"
#include "engine/arguments.h"
#include "engine/choice.h"
#include "engine/program_files.h"
#include "run/container_contents.h"
#include "run/grant_effect.h"
#include "run/run_evidence.h"
#include "run/run_failure.h"
#include "run/run_profile.h"
#include "system/file.h"
#include "text/sanitize.h"
#include "text/words.h"
#include "trial/trial.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>

namespace capmin {
namespace {

/// A hash of all options that reach the container or the judgement; their values may be secrets.
std::string hash_of_options(const RunOptions& options, const RunPlan& plan) {
  const TrialIdentity nobody{.name = {}, .labels = {}, .grant = {}};
  TrialSetup setup = plan.setup;
  setup.spec.options = plan.options_as_given;
  std::string text;
  for (const std::string& argument : trial_create_arguments(setup, nobody)) {
    text += argument + '\0';
  }
  text += options.timeout ? std::to_string(options.timeout->count()) : "derived";
  text += options.probe.oneshot ? " oneshot" : "";
  text += options.scenario.restart ? " restart" : "";
  text += options.scenario.graceful_stop ? " graceful-stop" : "";
  text += options.scenario.probe_after_stop ? " probe-after-stop" : "";
  text += " settle " + std::to_string(options.scenario.settle.count());
  text += options.strict ? " strict" : "";
  text += plan.setup.spec.keep_volumes ? " keep-volumes" : "";
  return sha256(text);
}

std::string probe_text(const RunPlan& plan) {
  const Probe& probe = plan.setup.probe;
  const NetworkCheck& check = probe.check;
  return std::to_string(static_cast<int>(probe.kind)) + ' ' + probe.sha256 + ' ' +
         sha256(probe.line + '\0' + check.expect + '\0' +
                std::to_string(check.expect_status.value_or(0)) +
                (check.insecure ? " insecure" : ""));
}

std::string search_text(const Policy& policy) {
  return to_string(policy.ceiling) + " level " + std::to_string(static_cast<int>(policy.level)) +
         " confirm " + std::to_string(policy.confirm);
}

/// The container through which the image's files are read.
TrialIdentity files_identity(const TrialSetup& setup) {
  constexpr int kNoTrial = -1;
  TrialIdentity identity = trial_identity(setup, kNoTrial, {});
  identity.name = "capmin-" + setup.run_id + "-files";
  return identity;
}

TrialRunner trial_runner(const TrialSetup& setup, std::shared_ptr<ContainerPlaces> places,
                         Engine& engine, ProcessRunner& runner) {
  TrialSetup placed = setup;
  if (setup.shared.empty()) placed.places = places.get();
  return [placed, places = std::move(places), &engine, &runner](int number, CapabilitySet grant,
                                                                const TrialDeadline& deadline,
                                                                const std::stop_token& stop) {
    return run_trial(placed, number, grant, deadline, engine, runner, stop);
  };
}

/// Whether a repetition of the ceiling would tell more of what the first start used.
bool leaves_first_start_open(CapabilitySet ceiling, const SearchResult& result) {
  if (result.end != SearchEnd::kVerdict) return false;
  const auto* const answer = std::get_if<Minimal>(&*result.verdict);
  if (answer == nullptr) return false;
  const std::optional<FirstStart> first = first_start(result, ceiling, answer->proof);
  return first && !first->used_once.empty() && !first->was_repeated;
}

TrialRunner trial_runner(const TrialSetup& setup, int slots, Engine& engine,
                         ProcessRunner& runner) {
  return trial_runner(setup, std::make_shared<ContainerPlaces>(slots), engine, runner);
}

/// Of the programs that the kernel saw executed while the ceiling passed, those that give more than
/// their user has; nothing where they do not account for all of `set`. Takes a look at each file,
/// in place of all of the image's.
ImagePrograms executed_programs(const SearchResult& result, CapabilitySet ceiling,
                                CapabilitySet set, ProgramFiles& files) {
  std::vector<PrivilegedProgram> programs;
  CapabilitySet given;
  for (const FinishedTrial& baseline : result.baselines(ceiling)) {
    if (!baseline.outcome.trace) continue;
    for (const std::string& path : baseline.outcome.trace->programs) {
      const ProgramPrivileges privileges = files.privileges_of(path);
      if (privileges.setuid_root) given |= ceiling;
      given |= privileges.carried;
      if (privileges.setuid_root || !privileges.carried.empty()) {
        programs.push_back({path, privileges});
      }
    }
    if (given.contains(set)) return programs;
  }
  return std::nullopt;
}

/// The programs by which a user other than root can get what is granted, where that is what the
/// failure or the set of `result` is about; looking through a whole image is announced by `say`.
ImagePrograms find_programs(const RunOptions& options, const RunPlan& plan,
                            const SearchResult& result, ProgramFiles& files,
                            const std::function<void(const std::string&)>& say,
                            const std::stop_token& stop) {
  const Minimal* answer = nullptr;
  if (result.end == SearchEnd::kVerdict) {
    answer = std::get_if<Minimal>(&*result.verdict);
    const bool is_about_grants = answer != nullptr
                                     ? !answer->proof.set.empty()
                                     : std::holds_alternative<CeilingFails>(*result.verdict);
    if (!is_about_grants) return {};
  }
  if (!depends_on_files(grant_effect(options, plan, result), plan.engine)) return {};
  if (answer != nullptr) {
    ImagePrograms executed =
        executed_programs(result, plan.search.policy.ceiling, answer->proof.set, files);
    if (executed) return executed;
  }
  say("looking through the image's files for programs that give user " +
      sanitize(container_user(options, plan)) + " capabilities");
  return files.privileged(stop);
}

/// search() by trials of `plan`, and by those under the engine's own settings for ports and ping
/// where they have others. Where the kernel saw the first pass of the ceiling use what no pass of
/// the answer asked for, the ceiling is tried once more, if the budget allows: see first_start().
SearchResult search_by_trials(SearchPlan search, const RunPlan& plan, const RuleTable& rules,
                              const SearchEvents& events, Engine& engine, ProcessRunner& runner,
                              const std::stop_token& stop) {
  const auto places = std::make_shared<ContainerPlaces>(search.limits.slots);
  search.note_parked = [places](int parked) { places->set_parked(parked); };
  if (!trial_sysctls(plan.setup.spec).empty()) {
    TrialSetup setup = plan.setup;
    setup.spec.ports = Ports::kEngine;
    search.under_engine_ports = trial_runner(setup, places, engine, runner);
  }
  const TrialRunner run_trial = trial_runner(plan.setup, places, engine, runner);
  const auto begin = std::chrono::steady_clock::now();
  SearchResult result = capmin::search(search, rules, run_trial, events, stop);
  if (!leaves_first_start_open(search.policy.ceiling, result)) return result;
  // Of a repetition that fails the planner is told as of any other trial.
  SearchPlan rest = rest_of(search, result, std::chrono::steady_clock::now() - begin);
  SearchResult repeated = run_chosen_trials(
      rest, rules, run_trial, events, stop,
      [first = result.started, ceiling = search.policy.ceiling](const History& history,
                                                                auto) -> std::optional<RunTrials> {
        if (std::ranges::any_of(history,
                                [first](const Observation& seen) { return seen.trial >= first; })) {
          return std::nullopt;
        }
        return RunTrials{
            {TrialRequest{.grant = ceiling, .purpose = Purpose::kConfirm, .subject = {}}}};
      });
  if (repeated.end == SearchEnd::kOutOfTime || repeated.end == SearchEnd::kOutOfTrials) {
    return result;
  }
  repeated.condition_trials = std::move(result.condition_trials);
  if (repeated.end != SearchEnd::kVerdict) return repeated;
  rest = rest_of(search, repeated, std::chrono::steady_clock::now() - begin);
  result = capmin::search(rest, rules, run_trial, events, stop);
  result.condition_trials.insert(result.condition_trials.begin(), repeated.condition_trials.begin(),
                                 repeated.condition_trials.end());
  return result;
}

/// How many trials are most likely still to come; one more tells what is needed for ports or ping
/// alone, where that is still to be tried.
std::optional<int> expected_trials(const Policy& policy, bool tries_conditions,
                                   const History& history) {
  const std::optional<int> left = trials_left(policy, history);
  const bool is_about_ports = !(likely_needed(policy, history) & kOfPortsAndPing).empty();
  return left && tries_conditions && is_about_ports ? *left + 1 : left;
}

/// What could be judged: the rest may have been the engine's trouble of then.
std::vector<FinishedTrial> judged(std::vector<FinishedTrial> trials) {
  std::erase_if(trials, [](const FinishedTrial& trial) {
    return trial.outcome.verdict == Verdict::kUndecided;
  });
  return trials;
}

std::string_view name_of(SearchEnd end) {
  switch (end) {
    case SearchEnd::kOutOfTime:
      return "the deadline";
    case SearchEnd::kOutOfTrials:
      return "the number of trials";
    case SearchEnd::kVerdict:
    case SearchEnd::kInterrupted:
      break;
  }
  return "";
}

}  // namespace

ImageSearch::ImageSearch(const RunOptions& options, SearchBench bench)
    : options_(options),
      bench_(std::move(bench)),
      plan_(begin_run_plan(options, bench_.company)),
      chosen_(choose_engine(options.engine, bench_.runner)),
      engine_(bench_.runner, chosen_.command, options.engine.timeout),
      guard_(engine_) {}

ImageSearch::~ImageSearch() {
  end_live_text();
}

void ImageSearch::prepare() {
  if (is_prepared_) return;
  show("asking " + engine_.name() + " about " + sanitize(options_.image));
  complete_run_plan(options_, engine_, plan_);
  end_live_text();
  is_prepared_ = true;
  begin_ = std::chrono::steady_clock::now();
}

void ImageSearch::prepare_to_trace() {
  kernel_ = std::async(std::launch::async, attach_tracer, options_.evidence, options_.engine,
                       std::cref(engine_));
  prepare();
}

void ImageSearch::announce() {
  if (bench_.terminal == nullptr) return;
  bench_.terminal->line(headline(options_, plan_));
  if (!chosen_.note.empty()) say(sanitize(chosen_.note));
  if (const std::string line = platform_line(plan_); !line.empty()) say(line);
  if (const std::string line = slots_line(options_, plan_); !line.empty()) say(line);
  for (const std::string& text : plan_.left_out) {
    say(text);
  }
  progress_.emplace(*bench_.terminal, plan_.search.policy.ceiling,
                    options_.verbosity == Verbosity::kVerbose);
}

SearchFacts ImageSearch::facts() const {
  const std::string_view version = CAPMIN_VERSION;
  const std::string engine(name_of(plan_.engine.dialect));
  SearchFacts facts{{"capmin", std::string(version.substr(0, version.find('.')))},
                    {"image", plan_.image.id},
                    {"probe", probe_text(plan_)},
                    {"engine", engine + ' ' + plan_.engine.version},
                    {"options", hash_of_options(options_, plan_)},
                    {"variables", hash_of_variables(plan_.setup.spec, plan_.setup.files)},
                    {"mounts", hash_of_mounts(plan_.setup.spec)},
                    {"search", search_text(plan_.search.policy)},
                    {"rules", bench_.rules.get().sha256}};
  if (bench_.company != nullptr) facts.emplace_back("company", bench_.company->fingerprint());
  if (!plan_.setup.reset.path.empty()) facts.emplace_back("reset", plan_.setup.reset.sha256);
  if (plan_.engine.userns_remap.value_or(false)) facts.emplace_back("userns", "remapped");
  // What passed or failed under strace is no fact about the container alone, and a search without
  // strace would not try its answer again.
  if (!plan_.setup.straced.empty()) facts.emplace_back("evidence", "strace");
  return facts;
}

std::optional<SearchResult> ImageSearch::try_out(const RunPlan& plan, const ChooseTrials& choose,
                                                 const std::stop_token& stop) {
  SearchPlan search = plan.search;
  search.limits.slots = 1;
  search.limits.parks = false;
  search.known.first_number = trials_;
  search.limits.budget = budget_left();
  SearchResult result =
      run_chosen_trials(search, bench_.rules.get().table,
                        trial_runner(plan.setup, search.limits.slots, engine_, bench_.runner),
                        events([choose](const History& history, bool) {
                          // Most likely all that is tried passes.
                          return trials_left(history, {}, [&choose](const History& expected) {
                            const std::optional<RunTrials> wanted = choose(expected, {});
                            return wanted ? wanted->trials : std::vector<TrialRequest>();
                          });
                        }),
                        stop, choose);
  note_trials(search, result);
  end_live_text();
  if (result.end == SearchEnd::kInterrupted) return std::nullopt;
  if (result.end == SearchEnd::kVerdict) return result;
  throw Error(ExitCode::kBudget,
              std::string(name_of(result.end)).append(" was used up before the answer was known"),
              result.end == SearchEnd::kOutOfTime ? "give it more time" : "give it more trials");
}

SearchOutcome ImageSearch::search(const SearchStart& start, const std::stop_token& stop) {
  begin_tracing();
  if (start.journal) open_journal(*start.journal);
  ProgramFiles files{engine_, bench_.runner, plan_.image, plan_.setup.spec,
                     files_identity(plan_.setup)};
  const SearchPlan search = plan_of(start, files);
  const bool tries_conditions = !trial_sysctls(plan_.setup.spec).empty();
  const SearchEvents events = this->events(
      [policy = search.policy, tries_conditions](const History& history, bool has_tried) {
        return expected_trials(policy, tries_conditions && !has_tried, history);
      });
  const RuleTable& rules = bench_.rules.get().table;
  SearchResult result =
      search_by_trials(search, plan_, rules, events, engine_, bench_.runner, stop);
  note_trials(search, result);
  confirm_without_strace(stop, result);
  ImagePrograms programs;
  if (result.end != SearchEnd::kInterrupted) {
    programs = find_programs(
        options_, plan_, result, files,
        [this](const std::string& line) {
          say(line);
          show("reading the image's files");
        },
        stop);
  }
  if (stop.stop_requested()) result.end = SearchEnd::kInterrupted;
  files.close();
  end_live_text();
  return outcome_of(search, result, programs);
}

void ImageSearch::forget_trials() {
  if (journal_) journal_->remove();
}

void ImageSearch::say(const std::string& line) const {
  if (bench_.terminal != nullptr) bench_.terminal->line("  " + line);
}

void ImageSearch::begin_tracing() {
  if (!kernel_.valid()) prepare_to_trace();
  show("attaching to the kernel");
  tracer_.emplace(options_.evidence, kernel_.get(), [this](const std::string& line) { say(line); });
  plan_.setup.tracer = tracer_->tracer();
  plan_.search.policy.awaits_trace = plan_.setup.tracer != nullptr;
  if (options_.evidence != EvidenceSource::kStrace) return;
  if (const auto refusal = hidden_from_strace(options_.engine, engine_, bench_.runner)) {
    say("evidence from logs only: " + sanitize(refusal->reason) + "; " + refusal->hint);
    return;
  }
  plan_.setup.straced = first_program(plan_.setup.spec, plan_.image, engine_.dialect());
}

void ImageSearch::open_journal(const SearchJournal& journal) {
  SearchFacts facts = this->facts();
  if (!journal.key.empty()) facts.emplace_back("key", journal.key);
  try {
    journal_.emplace(journal.path, facts, journal.mode);
  } catch (const Error& error) {
    if (journal.key.empty() || error.code() != ExitCode::kUsage) throw;
    journal_.emplace(journal.path, facts, Journal::Mode::kStart);
  }
}

/// Settles the rest of the plan.
SearchPlan ImageSearch::plan_of(const SearchStart& start, ProgramFiles& files) {
  if (start.level) plan_.search.policy.level = *start.level;
  plan_.search.policy.guess = start.guess;
  plan_.search.policy.proves_guess = start.proves_guess;
  plan_.search.known.conditions = start.known_conditions;
  SearchPlan search = plan_.search;
  search.known.trials = start.known;
  search.known.first_number = trials_;
  search.limits.budget = budget_left();
  search.diagnosis.privileges_of = [&files](const std::string& program) {
    return files.privileges_of(program);
  };
  if (!journal_) return search;
  if (!journal_->known().empty()) search.known.trials = judged(journal_->known());
  if (!search.known.trials.empty() && start.known.empty()) {
    say("resuming after " + counted(search.known.trials.size(), "finished trial"));
  } else if (journal_->dropped() && start.journal->key.empty()) {
    say("starting afresh; --resume would have gone on with the trials of an earlier run");
  }
  return search;
}

/// What trials may still cost.
Budget ImageSearch::budget_left() const {
  Budget left = options_.budget;
  std::optional<std::chrono::steady_clock::time_point> until = bench_.until;
  if (left.time) until = std::min(until.value_or(begin_ + *left.time), begin_ + *left.time);
  if (until) {
    left.time = std::max(std::chrono::milliseconds(0),
                         std::chrono::duration_cast<std::chrono::milliseconds>(
                             *until - std::chrono::steady_clock::now()));
  }
  if (left.trials) left.trials = std::max(0, *left.trials - trials_);
  return left;
}

void ImageSearch::show(const std::string& what) const {
  if (bench_.terminal != nullptr) bench_.terminal->show(live_text(what));
}

void ImageSearch::end_live_text() const {
  if (bench_.terminal != nullptr) bench_.terminal->clear();
}

/// `expect` counts the trials that are still to come.
SearchEvents ImageSearch::events(Progress::Expect expect) {
  SearchEvents events = progress_ ? progress_->events(std::move(expect)) : SearchEvents{};
  events.finished = [this, shown = events.finished](const FinishedTrial& trial) {
    if (journal_) journal_->add(trial);
    shown(trial);
    if (tracer_) tracer_->note(trial);
  };
  return events;
}

void ImageSearch::note_trials(const SearchPlan& search, const SearchResult& result) {
  trials_ += std::max(0, result.started - search.known.next_number());
}

/// The answer never rests on a trial with the gate alone: tries its set once more with neither gate
/// nor strace, and adds that trial to the proof. Where the engine fails it is asked again.
void ImageSearch::confirm_without_strace(const std::stop_token& stop, SearchResult& result) {
  constexpr int kAttempts = 3;
  if (result.end != SearchEnd::kVerdict || plan_.setup.straced.empty()) return;
  auto* const answer = std::get_if<Minimal>(&*result.verdict);
  if (answer == nullptr) return;
  TrialSetup plain = plan_.setup;
  plain.straced.clear();
  const CapabilitySet set = answer->proof.set;
  SearchPlan search = plan_.search;
  search.known.trials = result.trials;
  search.limits.budget = budget_left();
  const int before = result.started;
  search.known.first_number = before;
  int number = before;
  const ChooseTrials choose = [&](const History& history, auto) -> std::optional<RunTrials> {
    int asked = 0;
    for (const Observation& seen : history) {
      if (seen.trial < before) continue;
      ++asked;
      number = seen.trial;
      if (seen.verdict != Verdict::kUndecided) return std::nullopt;
    }
    if (asked >= kAttempts) return std::nullopt;
    return RunTrials{{TrialRequest{.grant = set, .purpose = Purpose::kConfirm, .subject = {}}}};
  };
  SearchResult more = run_chosen_trials(
      search, bench_.rules.get().table,
      trial_runner(plain, search.limits.slots, engine_, bench_.runner), events({}), stop, choose);
  result.end = more.end;
  if (more.end == SearchEnd::kInterrupted) return;
  trials_ += std::max(0, more.started - before);
  result.trials = std::move(more.trials);
  result.started = std::max(result.started, more.started);
  if (more.end != SearchEnd::kVerdict) return;
  const Outcome& outcome = result.trial(number).outcome;
  if (outcome.verdict == Verdict::kFailed) {
    throw Error(ExitCode::kUnstable,
                to_string(set) + " passed under strace but not without it (trial " +
                    std::to_string(number) + "): " + describe(outcome),
                "strace changes this program's timing; use --evidence logs or kernel");
  }
  if (outcome.verdict != Verdict::kPassed) {
    throw Error(ExitCode::kEngine,
                "the trial of " + to_string(set) +
                    " without strace could not be judged: " + describe(outcome),
                "run capmin again, or use --evidence logs");
  }
  answer->proof.passed.push_back(number);
  is_confirmed_ = true;
  // From the start of the container to the verdict, attaching included.
  const auto baselines = result.baselines(plan_.search.policy.ceiling);
  if (baselines.empty()) return;
  say("the answer passed without strace, too: in " + seconds_text(outcome.seconds) + ", beside " +
      seconds_text(baselines.front().outcome.seconds) + " of the baseline with strace");
}

SearchOutcome ImageSearch::outcome_of(const SearchPlan& search, const SearchResult& result,
                                      const ImagePrograms& programs) {
  if (result.end != SearchEnd::kVerdict) return cut_short(result, programs);
  const Step& verdict = *result.verdict;
  // What could not be judged may be resumed, and so may a set until it is written.
  if (const auto* const undecided = std::get_if<Undecided>(&verdict)) {
    return failure_of(*undecided, result);
  }
  if (const auto* const answer = std::get_if<Minimal>(&verdict)) {
    return FoundProfile{profile_of(options_, plan_, result,
                                   with_conditions(*answer, search, result), programs,
                                   ending_now(begin_))};
  }
  forget_trials();
  if (const auto* const unstable = std::get_if<Unstable>(&verdict)) {
    return failure_of(*unstable, options_, result);
  }
  if (const auto* const fails = std::get_if<CeilingFails>(&verdict)) {
    return failure_of(*fails, options_, plan_, result, programs);
  }
  throw Error(ExitCode::kInternal, "the search ended although it wanted more trials");
}

CutShort ImageSearch::cut_short(const SearchResult& result, const ImagePrograms& programs) const {
  CutShort ending{.by = std::string(name_of(result.end)), .best = {}};
  if (const std::optional<Proof> best = proof_so_far(result.history())) {
    ending.best =
        unfinished_profile_of(options_, plan_, result, *best, programs, ending_now(begin_));
  }
  return ending;
}

}  // namespace capmin
