#include "trial/search.h"

#include "core/error.h"
#include "trial/harmless_evidence.h"
#include "trial/trial_observation.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <iterator>
#include <list>
#include <mutex>
#include <thread>
#include <utility>

namespace capmin {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kShortestDeadline{3'000};
constexpr milliseconds kShortestOfQuiet{1'000};
constexpr int kPatienceFactor = 4;

class Search {
 public:
  Search(const SearchPlan& plan, const RuleTable& rules, const TrialRunner& run_trial,
         const SearchEvents& events, const std::stop_token& stop)
      : plan_(plan),
        rules_(rules),
        run_trial_(run_trial),
        events_(events),
        on_stop_(stop, [this] { wake(); }),
        stop_(stop) {}
  ~Search() { cancel_all(); }
  Search(const Search&) = delete;
  Search& operator=(const Search&) = delete;

  SearchResult run(const ChooseTrials& choose);

 private:
  struct Running {
    int number = 0;
    TrialRequest request;
    bool is_condition = false;
    bool useless = false;
    bool is_parked = false;
    bool has_lost_engine = false;
    bool has_waited = false;
    TrialWait wait;
    Clock::time_point begin = Clock::now();
    std::optional<milliseconds> stalled_at_start;  ///< by the machine, when it began to wait
    std::optional<milliseconds> stalled_before;    ///< and when its probe first answered
    std::stop_source stop;
    std::optional<Outcome> outcome;
    std::exception_ptr error;
    std::jthread thread;
  };

  void wake() {
    const std::scoped_lock lock(mutex_);
    changed_.notify_all();
  }
  void start(const TrialRequest& request);
  void start_condition(CapabilitySet grant);
  [[noreturn]] void throw_masked(const std::exception_ptr& error) const;
  void launch(Running& trial, const TrialRunner& run_trial);
  void note(Running& trial, const TrialWait& wait);
  Clock::time_point park();
  std::vector<CapabilitySet> parked() const;
  bool has_free_slot() const;
  void steer(const RunTrials& wanted);
  void tell_running(const History& history) const;
  bool conditions_are_known(CapabilitySet set, bool is_answer);
  void await_engine(Clock::time_point end, int losses, const std::stop_token& stop) const;
  std::optional<milliseconds> patience_left(const Running& trial);
  void collect(Clock::time_point end);
  void finish(Running& trial);
  void cancel_all();
  void remember(FinishedTrial trial);
  bool budget_is_used_up();
  bool trials_are_used_up() const {
    return plan_.limits.budget.trials &&
           result_.started - started_before_ >= *plan_.limits.budget.trials;
  }
  milliseconds deadline(const Running& trial) const;

  const SearchPlan& plan_;
  const RuleTable& rules_;
  const TrialRunner& run_trial_;
  const SearchEvents& events_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::stop_callback<std::function<void()>> on_stop_;
  const std::stop_token& stop_;

  std::list<Running> running_;
  SearchResult result_;
  HarmlessEvidence harmless_;
  int started_before_ = 0;
  Clock::time_point end_ = Clock::time_point::max();
  std::optional<double> baseline_seconds_;
  bool is_stuck_ = false;  ///< a trial of the ceiling was
  bool has_news_ = false;  ///< of a trial that waits, or waits no more
  /// When the engine was lost, until a trial ends without that; and how many it took since.
  std::optional<Clock::time_point> lost_since_;
  int losses_ = 0;
};

SearchResult Search::run(const ChooseTrials& choose) {
  if (plan_.limits.budget.time) end_ = Clock::now() + *plan_.limits.budget.time;
  for (const FinishedTrial& trial : plan_.known.trials) {
    remember(trial);
  }
  result_.started = plan_.known.next_number();
  started_before_ = result_.started;
  while (!stop_.stop_requested()) {
    const Clock::time_point next_parking = park();
    plan_.note_parked(static_cast<int>(std::ranges::count_if(running_, &Running::is_parked)));
    const History history = result_.history();
    const std::optional<RunTrials> wanted = choose(history, parked());
    if (!wanted) {
      result_.end = SearchEnd::kVerdict;
      break;
    }
    const bool is_answered = wanted->trials.empty();
    if (!is_answered && budget_is_used_up()) break;
    steer(*wanted);
    const bool is_all_known = wanted->likely && conditions_are_known(*wanted->likely, is_answered);
    if (is_answered && is_all_known) {
      result_.end = SearchEnd::kVerdict;
      break;
    }
    tell_running(history);
    collect(std::min(next_parking, is_answered ? Clock::time_point::max() : end_));
  }
  events_.ending();
  cancel_all();
  return std::move(result_);
}

bool Search::budget_is_used_up() {
  if (Clock::now() >= end_) {
    result_.end = SearchEnd::kOutOfTime;
    return true;
  }
  // What runs already may still be seen to its end.
  if (trials_are_used_up() && running_.empty()) {
    result_.end = SearchEnd::kOutOfTrials;
    return true;
  }
  return false;
}

/// Parks the trials whose time for that has come, and takes back those that passed after all: when
/// the next one's comes.
Clock::time_point Search::park() {
  const std::scoped_lock lock(mutex_);
  Clock::time_point next = Clock::time_point::max();
  if (!plan_.limits.parks || !baseline_seconds_) return next;
  const Clock::time_point now = Clock::now();
  auto parked = std::ranges::count_if(running_, &Running::is_parked);
  for (Running& trial : running_) {
    // Nothing follows from a failure of the ceiling that could be tried beside it.
    if (trial.useless || trial.is_condition || trial.request.grant == plan_.policy.ceiling)
      continue;
    if (!trial.wait.since) {
      parked -= trial.is_parked ? 1 : 0;
      trial.is_parked = false;
    } else if (!trial.is_parked && parked < kMostParked) {
      const Clock::time_point due = *trial.wait.since + parking_time(*baseline_seconds_);
      trial.is_parked = due <= now;
      parked += trial.is_parked ? 1 : 0;
      if (!trial.is_parked) next = std::min(next, due);
    }
  }
  return next;
}

std::vector<CapabilitySet> Search::parked() const {
  std::vector<CapabilitySet> grants;
  for (const Running& trial : running_) {
    if (trial.is_parked && !trial.useless) grants.push_back(trial.request.grant);
  }
  return grants;
}

bool Search::has_free_slot() const {
  return std::ranges::count(running_, false, &Running::is_parked) < plan_.limits.slots;
}

/// Starts what the planner wants and does not run yet; stops what it wants no more.
void Search::steer(const RunTrials& wanted) {
  std::vector<TrialRequest> missing = wanted.trials;
  for (Running& trial : running_) {
    if (trial.is_condition) continue;
    const auto found = std::ranges::find(missing, trial.request.grant, &TrialRequest::grant);
    if (found != missing.end()) {
      missing.erase(found);
    } else if (!trial.useless) {
      trial.useless = true;
      trial.stop.request_stop();
    }
  }
  for (const TrialRequest& request : missing) {
    if (trials_are_used_up()) return;
    if (has_free_slot()) start(request);
  }
}

void Search::tell_running(const History& history) const {
  std::vector<RunningTrial> trials;
  for (const Running& trial : running_) {
    if (trial.useless) continue;
    RunningTrial& told = trials.emplace_back();
    told.number = trial.number;
    told.request = trial.request;
    told.is_condition = trial.is_condition;
    told.is_parked = trial.is_parked;
    told.begin = trial.begin;
    told.deadline = deadline(trial);
    const std::scoped_lock lock(mutex_);
    told.has_waited = trial.has_waited;
    told.wait = trial.wait;
  }
  events_.running(trials, history);
}

void Search::start(const TrialRequest& request) {
  Running& trial = running_.emplace_back();
  trial.number = result_.started++;
  trial.request = request;
  launch(trial, run_trial_);
}

void Search::start_condition(CapabilitySet grant) {
  Running& trial = running_.emplace_back();
  trial.number = result_.started++;
  trial.request.grant = grant;
  trial.is_condition = true;
  launch(trial, plan_.under_engine_ports);
}

void Search::launch(Running& trial, const TrialRunner& run_trial) {
  // What is known of the engine now; the thread sees none of what changes later.
  const std::optional<Clock::time_point> lost_since = lost_since_;
  const int losses = losses_;
  trial.thread = std::jthread([this, &trial, &run_trial, lost_since, losses] {
    std::optional<Outcome> outcome;
    std::exception_ptr error;
    bool has_lost_engine = false;
    try {
      const std::stop_token stop = trial.stop.get_token();
      if (lost_since) await_engine(*lost_since + plan_.limits.engine_patience, losses, stop);
      outcome =
          run_trial(trial.number, trial.request.grant,
                    TrialDeadline([this, &trial] { return deadline(trial); },
                                  [this, &trial](const TrialWait& wait) { note(trial, wait); }),
                    stop);
      has_lost_engine =
          outcome->ending == Ending::kEngineTrouble && !plan_.await_engine(milliseconds(0), stop);
    } catch (...) {
      error = std::current_exception();
    }
    const std::scoped_lock lock(mutex_);
    trial.has_lost_engine = has_lost_engine;
    trial.outcome = std::move(outcome);
    trial.error = error;
    changed_.notify_all();
  });
}

void Search::note(Running& trial, const TrialWait& wait) {
  const std::scoped_lock lock(mutex_);
  trial.wait = wait;
  trial.has_waited = trial.has_waited || wait.since || wait.job_since;
  if (wait.since && !wait.has_answered) {
    trial.stalled_before = plan_.stalled();
    if (!trial.stalled_at_start) trial.stalled_at_start = trial.stalled_before;
  }
  has_news_ = true;
  changed_.notify_all();
}

/// Whether nothing more is to be tried about `set`; starts what is, where a slot is free.
bool Search::conditions_are_known(CapabilitySet set, bool is_answer) {
  if (!plan_.under_engine_ports) return true;
  std::vector<ConditionTrial> ended = plan_.known.conditions;
  std::ranges::copy(result_.condition_trials, std::back_inserter(ended));
  const std::optional<CapabilitySet> wanted = Conditions(set, ended).wanted();
  bool is_running = false;
  for (Running& trial : running_) {
    if (!trial.is_condition || trial.useless) continue;
    if (trial.request.grant == wanted) {
      is_running = true;
    } else {
      trial.useless = true;
      trial.stop.request_stop();
    }
  }
  if (!wanted) return true;
  const bool is_free = has_free_slot();
  // The proof needs what the budget allows.
  if (!is_running && is_free && (is_answer || !plan_.limits.budget.trials))
    start_condition(*wanted);
  return false;
}

/// Waits until a trial has ended or until `end`, and takes every trial that has ended.
void Search::collect(Clock::time_point end) {
  const auto ended = [](const Running& trial) { return trial.outcome || trial.error; };
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, end, [&] {
    return stop_.stop_requested() || has_news_ || std::ranges::any_of(running_, ended);
  });
  has_news_ = false;
  for (auto trial = running_.begin(); trial != running_.end();) {
    if (!ended(*trial)) {
      ++trial;
      continue;
    }
    lock.unlock();
    trial->thread.join();
    if (trial->error && !trial->useless) throw_masked(trial->error);
    if (!trial->useless && !stop_.stop_requested()) finish(*trial);
    lock.lock();
    trial = running_.erase(trial);
  }
}

/// The engine's words may quote what it was given.
void Search::throw_masked(const std::exception_ptr& error) const {
  try {
    std::rethrow_exception(error);
  } catch (const Error& plain) {
    throw Error(plain.code(), plan_.diagnosis.secrets.masked(plain.what()),
                plan_.diagnosis.secrets.masked(plain.hint()));
  }
}

/// Waits for an engine that was lost: until it answers, and longer the oftener it was lost since,
/// as one that falls again and again answers in between.
void Search::await_engine(Clock::time_point end, int losses, const std::stop_token& stop) const {
  constexpr milliseconds kFirstPause{250};
  constexpr int kMostDoublings = 4;
  if (losses > 1) {
    const milliseconds pause = kFirstPause * (1 << std::min(losses - 2, kMostDoublings));
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any never;
    never.wait_until(lock, stop, std::min(end, Clock::now() + pause), [] { return false; });
  }
  const auto left = std::chrono::ceil<milliseconds>(end - Clock::now());
  plan_.await_engine(std::max(left, milliseconds(0)), stop);
}

/// How much longer the engine is waited for that was lost in `trial`, which is then as if it had
/// not been; nothing where it counts.
std::optional<milliseconds> Search::patience_left(const Running& trial) {
  if (!trial.has_lost_engine) {
    lost_since_.reset();
    losses_ = 0;
    return std::nullopt;
  }
  const Clock::time_point now = Clock::now();
  if (!lost_since_) lost_since_ = now;
  ++losses_;
  const auto left =
      std::chrono::ceil<milliseconds>(*lost_since_ + plan_.limits.engine_patience - now);
  return left.count() > 0 ? std::optional(left) : std::nullopt;
}

void Search::finish(Running& trial) {
  const std::optional<milliseconds> patience = patience_left(trial);
  if (trial.is_condition) {
    const CapabilitySet grant = trial.request.grant;
    trial.outcome->engine_message = plan_.diagnosis.secrets.masked(trial.outcome->engine_message);
    if (!patience) {
      result_.condition_trials.push_back({grant, trial.outcome->verdict, trial.number});
    }
    events_.condition_finished(trial.number, grant, *trial.outcome);
  } else {
    FinishedTrial finished{.number = trial.number,
                           .request = trial.request,
                           .outcome = std::move(*trial.outcome),
                           .clues = {},
                           .observation = {}};
    diagnose(plan_, rules_, result_, harmless_, finished);
    events_.finished(finished);
    if (!patience) remember(std::move(finished));
  }
  if (patience) events_.engine_lost(*patience);
}

/// What a trial that passes left behind speaks for nothing any more in those before it.
void Search::remember(FinishedTrial trial) {
  if (trial.outcome.verdict == Verdict::kFailed) harmless_.take_from(trial);
  if (trial.outcome.verdict == Verdict::kPassed) {
    harmless_.add(trial);
    for (FinishedTrial& other : result_.trials) {
      if (other.outcome.verdict == Verdict::kFailed) harmless_.take_from(other);
    }
  }
  const Policy& policy = plan_.policy;
  const bool is_measure = trial.request.grant == policy.ceiling ||
                          (policy.proves_guess && trial.request.grant == policy.guess);
  if (trial.outcome.verdict == Verdict::kPassed && is_measure) {
    const std::scoped_lock lock(mutex_);
    baseline_seconds_ = std::max(baseline_seconds_.value_or(0), trial.outcome.wait_seconds);
  }
  if (trial.outcome.is_stuck() && trial.request.grant == plan_.policy.ceiling) {
    const std::scoped_lock lock(mutex_);
    is_stuck_ = true;
  }
  const auto place =
      std::ranges::upper_bound(result_.trials, trial.number, {}, &FinishedTrial::number);
  result_.trials.insert(place, std::move(trial));
}

milliseconds Search::deadline(const Running& trial) const {
  const std::scoped_lock lock(mutex_);
  if (!baseline_seconds_) return baseline_deadline(plan_.limits.patience, is_stuck_);
  // A probe that does not answer may be about to, such as one that tries again for itself.
  std::optional<milliseconds> stalled;
  if (trial.wait.has_answered && trial.stalled_before) stalled = plan_.stalled();
  if (stalled) *stalled -= *trial.stalled_before;
  const Patience& patience = plan_.limits.patience;
  const milliseconds usual = derived_deadline(*baseline_seconds_, patience, stalled);
  // Only then does it matter, and to know it costs a look at files.
  const bool is_late = trial.wait.since && Clock::now() - *trial.wait.since >= usual;
  if (patience.fixed || !is_late || !trial.stalled_at_start) return usual;
  const std::optional<milliseconds> now = plan_.stalled();
  return now ? busy_deadline(usual, *now - *trial.stalled_at_start) : usual;
}

void Search::cancel_all() {
  for (Running& trial : running_) {
    trial.stop.request_stop();
  }
  running_.clear();
}

}  // namespace

milliseconds baseline_deadline(const Patience& patience, bool is_stuck) {
  if (patience.fixed) return *patience.fixed;
  return is_stuck ? patience.baseline / 3 : patience.baseline;
}

milliseconds parking_time(double baseline_seconds) {
  constexpr milliseconds kShortest{500};
  constexpr double kFactor = 1.5;
  return std::max(kShortest, milliseconds(static_cast<int>(baseline_seconds * 1000 * kFactor)));
}

milliseconds derived_deadline(double baseline_seconds, const Patience& patience,
                              std::optional<milliseconds> stalled) {
  if (patience.fixed) return *patience.fixed;
  const auto derived = milliseconds(static_cast<int>(baseline_seconds * 1000) * kPatienceFactor);
  const milliseconds least =
      stalled ? std::min(kShortestDeadline, kShortestOfQuiet + *stalled) : kShortestDeadline;
  return std::max(derived, least);
}

milliseconds busy_deadline(milliseconds usual, milliseconds stalled) {
  return usual + std::min(stalled / 2, usual);
}

int KnownTrials::next_number() const {
  int number = first_number;
  for (const FinishedTrial& trial : trials) {
    number = std::max(number, trial.number + 1);
  }
  return number;
}

SearchPlan rest_of(const SearchPlan& plan, const SearchResult& result, Clock::duration spent) {
  SearchPlan rest = plan;
  rest.known.trials = result.trials;
  rest.known.first_number = result.started;
  std::ranges::copy(result.condition_trials, std::back_inserter(rest.known.conditions));
  Budget& budget = rest.limits.budget;
  if (budget.trials) {
    budget.trials = std::max(0, *budget.trials - (result.started - plan.known.next_number()));
  }
  if (budget.time) {
    const auto took = std::chrono::ceil<milliseconds>(spent);
    budget.time = std::max(milliseconds(0), *budget.time - took);
  }
  return rest;
}

History SearchResult::history() const {
  History history;
  std::ranges::transform(trials, std::back_inserter(history), &FinishedTrial::observation);
  return history;
}

const FinishedTrial& SearchResult::trial(int number) const {
  return *std::ranges::find(trials, number, &FinishedTrial::number);
}

std::vector<FinishedTrial> SearchResult::baselines(CapabilitySet ceiling) const {
  std::vector<FinishedTrial> passed;
  std::ranges::copy_if(trials, std::back_inserter(passed), [ceiling](const FinishedTrial& trial) {
    return trial.request.grant == ceiling && trial.outcome.verdict == Verdict::kPassed;
  });
  return passed;
}

SearchResult run_chosen_trials(const SearchPlan& plan, const RuleTable& rules,
                               const TrialRunner& run_trial, const SearchEvents& events,
                               const std::stop_token& stop, const ChooseTrials& choose) {
  return Search(plan, rules, run_trial, events, stop).run(choose);
}

CapabilitySet blamed(const std::vector<FinishedTrial>& trials) {
  CapabilitySet blamed;
  for (const FinishedTrial& trial : trials) {
    if (trial.outcome.verdict != Verdict::kFailed) continue;
    for (const Clue& clue : trial.clues) {
      if (!clue.vague && !clue.suspects.empty()) blamed |= clue.suspects.front();
    }
    if (trial.outcome.trace) blamed |= checked(*trial.outcome.trace, CheckResult::kHard);
  }
  return blamed;
}

namespace {

/// Whether the failures of the ceiling may come from ports or ping: the evidence says so, or it
/// blames nothing and the container ends by itself, so that another trial costs little.
bool may_be_about_ports(const std::vector<FinishedTrial>& trials) {
  const CapabilitySet suspected = blamed(trials);
  if (!suspected.empty()) return !(suspected & kOfPortsAndPing).empty();
  return std::ranges::any_of(
      trials, [](const FinishedTrial& trial) { return trial.outcome.exit_code.has_value(); });
}

/// Asks OpenPorts and adds its trials to `result`.
void try_open_ports(SearchPlan plan, const RuleTable& rules, const SearchEvents& events,
                    const std::stop_token& stop, SearchResult& result) {
  const TrialRunner run_trial = std::exchange(plan.under_engine_ports, nullptr);
  plan.limits.slots = 1;
  // The history is that of the trials under the engine's own settings alone.
  plan.known.trials.clear();
  SearchEvents shown;
  shown.finished = [&events](const FinishedTrial& trial) {
    events.condition_finished(trial.number, trial.request.grant, trial.outcome);
  };
  const auto tried = [](const History& history) {
    std::vector<ConditionTrial> trials;
    for (const Observation& seen : history) {
      trials.push_back({seen.grant, seen.verdict, seen.trial});
    }
    return trials;
  };
  const ChooseTrials choose = [&](const History& history, auto) -> std::optional<RunTrials> {
    const std::optional<CapabilitySet> wanted =
        OpenPorts(plan.policy.ceiling, tried(history)).wanted();
    if (!wanted) return std::nullopt;
    return RunTrials{{TrialRequest{.grant = *wanted, .purpose = Purpose::kExplore, .subject = {}}}};
  };
  const SearchResult more = run_chosen_trials(plan, rules, run_trial, shown, stop, choose);
  std::ranges::copy(tried(more.history()), std::back_inserter(result.condition_trials));
  result.started = std::max(result.started, more.started);
  if (more.end == SearchEnd::kInterrupted) result.end = more.end;
}

}  // namespace

SearchResult search(const SearchPlan& plan, const RuleTable& rules, const TrialRunner& run_trial,
                    const SearchEvents& events, const std::stop_token& stop) {
  const Clock::time_point begin = Clock::now();
  std::optional<Step> verdict;
  const ChooseTrials choose = [&](const History& history, auto parked) -> std::optional<RunTrials> {
    Step step = next(plan.policy, history, plan.limits.slots, parked);
    if (auto* const wanted = std::get_if<RunTrials>(&step)) return std::move(*wanted);
    verdict = std::move(step);
    const auto* const answer = std::get_if<Minimal>(&*verdict);
    return answer == nullptr ? std::nullopt : std::optional(RunTrials{{}, answer->proof.set});
  };
  SearchResult result = run_chosen_trials(plan, rules, run_trial, events, stop, choose);
  result.verdict = std::move(verdict);
  if (result.end == SearchEnd::kVerdict && std::holds_alternative<CeilingFails>(*result.verdict) &&
      plan.under_engine_ports && may_be_about_ports(result.trials)) {
    try_open_ports(rest_of(plan, result, Clock::now() - begin), rules, events, stop, result);
  }
  return result;
}

}  // namespace capmin
