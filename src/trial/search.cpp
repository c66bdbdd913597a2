#include "trial/search.h"

#include "trial/harmless_evidence.h"
#include "trial/trial_diagnosis.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <iterator>
#include <list>
#include <mutex>
#include <thread>

namespace capmin {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kShortestDeadline{3'000};
constexpr int kPatienceFactor = 4;

class Search {
 public:
  Search(const SearchPlan& plan, const RuleTable& rules, const RunTrial& run_trial,
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
  void launch(Running& trial, const RunTrial& run_trial);
  void steer(const RunTrials& wanted);
  bool conditions_are_known(CapabilitySet set, bool is_answer);
  void collect(Clock::time_point end);
  void finish(Running& trial);
  void cancel_all();
  void remember(FinishedTrial trial);
  bool budget_is_used_up();
  bool trials_are_used_up() const {
    return plan_.budget.trials && result_.started - started_before_ >= *plan_.budget.trials;
  }
  milliseconds deadline() const;

  const SearchPlan& plan_;
  const RuleTable& rules_;
  const RunTrial& run_trial_;
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
};

SearchResult Search::run(const ChooseTrials& choose) {
  if (plan_.budget.time) end_ = Clock::now() + *plan_.budget.time;
  for (const FinishedTrial& trial : plan_.known) {
    result_.started = std::max(result_.started, trial.number + 1);
    remember(trial);
  }
  result_.started = std::max(result_.started, plan_.first_number);
  started_before_ = result_.started;
  while (!stop_.stop_requested()) {
    const std::optional<RunTrials> wanted = choose(result_.history());
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
    collect(is_answered ? Clock::time_point::max() : end_);
  }
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
    if (static_cast<int>(running_.size()) < plan_.slots) start(request);
  }
}

void Search::start(const TrialRequest& request) {
  const int number = result_.started++;
  events_.started(number, request);
  Running& trial = running_.emplace_back();
  trial.number = number;
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

void Search::launch(Running& trial, const RunTrial& run_trial) {
  trial.thread = std::jthread([this, &trial, &run_trial] {
    std::optional<Outcome> outcome;
    std::exception_ptr error;
    try {
      outcome = run_trial(
          trial.number, trial.request.grant, [this] { return deadline(); }, trial.stop.get_token());
    } catch (...) {
      error = std::current_exception();
    }
    const std::scoped_lock lock(mutex_);
    trial.outcome = std::move(outcome);
    trial.error = error;
    changed_.notify_all();
  });
}

/// Whether nothing more is to be tried about `set`; starts what is, where a slot is free.
bool Search::conditions_are_known(CapabilitySet set, bool is_answer) {
  if (!plan_.under_engine_ports) return true;
  std::vector<ConditionTrial> ended = plan_.known_conditions;
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
  const bool is_free = static_cast<int>(running_.size()) < plan_.slots;
  // The proof needs what the budget allows.
  if (!is_running && is_free && (is_answer || !plan_.budget.trials)) start_condition(*wanted);
  return false;
}

/// Waits until a trial has ended or until `end`, and takes every trial that has ended.
void Search::collect(Clock::time_point end) {
  const auto ended = [](const Running& trial) { return trial.outcome || trial.error; };
  std::unique_lock lock(mutex_);
  changed_.wait_until(
      lock, end, [&] { return stop_.stop_requested() || std::ranges::any_of(running_, ended); });
  for (auto trial = running_.begin(); trial != running_.end();) {
    if (!ended(*trial)) {
      ++trial;
      continue;
    }
    lock.unlock();
    trial->thread.join();
    if (trial->error && !trial->useless) std::rethrow_exception(trial->error);
    if (!trial->useless && !stop_.stop_requested()) finish(*trial);
    lock.lock();
    trial = running_.erase(trial);
  }
}

void Search::finish(Running& trial) {
  if (trial.is_condition) {
    const CapabilitySet grant = trial.request.grant;
    result_.condition_trials.push_back({grant, trial.outcome->verdict, trial.number});
    events_.condition_finished(trial.number, grant, *trial.outcome);
    return;
  }
  FinishedTrial finished{.number = trial.number,
                         .request = trial.request,
                         .outcome = std::move(*trial.outcome),
                         .clues = {},
                         .observation = {}};
  diagnose(plan_, rules_, result_, harmless_, finished);
  events_.finished(finished);
  remember(std::move(finished));
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
  if (trial.outcome.verdict == Verdict::kPassed && trial.request.grant == plan_.policy.ceiling) {
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

milliseconds Search::deadline() const {
  const std::scoped_lock lock(mutex_);
  if (!baseline_seconds_) return baseline_deadline(plan_.patience, is_stuck_);
  return derived_deadline(*baseline_seconds_, plan_.patience);
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

milliseconds derived_deadline(double baseline_seconds, const Patience& patience) {
  if (patience.fixed) return *patience.fixed;
  const auto derived = milliseconds(static_cast<int>(baseline_seconds * 1000) * kPatienceFactor);
  return std::max(derived, kShortestDeadline);
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

SearchResult run_trials(const SearchPlan& plan, const RuleTable& rules, const RunTrial& run_trial,
                        const SearchEvents& events, const std::stop_token& stop,
                        const ChooseTrials& choose) {
  return Search(plan, rules, run_trial, events, stop).run(choose);
}

SearchResult search(const SearchPlan& plan, const RuleTable& rules, const RunTrial& run_trial,
                    const SearchEvents& events, const std::stop_token& stop) {
  std::optional<Step> verdict;
  const ChooseTrials choose = [&](const History& history) -> std::optional<RunTrials> {
    Step step = next(plan.policy, history, plan.slots);
    if (auto* const wanted = std::get_if<RunTrials>(&step)) return std::move(*wanted);
    verdict = std::move(step);
    const auto* const answer = std::get_if<Minimal>(&*verdict);
    return answer == nullptr ? std::nullopt : std::optional(RunTrials{{}, answer->proof.set});
  };
  SearchResult result = run_trials(plan, rules, run_trial, events, stop, choose);
  result.verdict = std::move(verdict);
  return result;
}

}  // namespace capmin
