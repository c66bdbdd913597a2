#include "trial/phase_wait.h"

#include "diagnosis/clue.h"

#include <algorithm>

namespace capmin {

EndWatch::EndWatch(Engine& engine, const std::string& container, const std::stop_token& stop)
    : on_stop_(stop, [this] { stopped(); }) {
  engine.when_ended(container, quit_.get_token(), [this] { ended(); });
}

EndWatch::~EndWatch() {
  quit_.request_stop();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return call_over_; });
}

bool EndWatch::wait_until(std::chrono::steady_clock::time_point when) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, when, [this] { return call_over_ || stopped_; });
  return call_over_;
}

void EndWatch::ended() {
  any_.request_stop();
  const std::scoped_lock lock(mutex_);
  call_over_ = true;
  changed_.notify_all();
}

void EndWatch::stopped() {
  any_.request_stop();
  const std::scoped_lock lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

namespace {

using std::chrono::milliseconds;

/// The probe is asked again after this long at first, then after ever longer.
constexpr milliseconds kFirstInterval{10};
constexpr milliseconds kLongestInterval{250};
/// So many equal answers are a habit.
constexpr int kHabit = 3;

}  // namespace

ProgramStart program_start(const Moment& asked, const Moment& reported,
                           std::optional<std::chrono::system_clock::time_point> told) {
  if (!told || *told < asked.wall || *told > reported.wall) {
    return {.earliest = asked.steady, .latest = reported.steady};
  }
  const auto ago =
      std::chrono::duration_cast<std::chrono::steady_clock::duration>(reported.wall - *told);
  const auto start = std::max(asked.steady, reported.steady - ago);
  return {.earliest = start, .latest = start};
}

PhaseWait::PhaseWait(const Probe& probe, const TrialDeadline& deadline, Engine& engine,
                     ProcessRunner& runner, const std::stop_token& stop, Outcome& outcome)
    : probe_(probe),
      deadline_(deadline),
      engine_(engine),
      runner_(runner),
      stop_(stop),
      outcome_(outcome) {}

void PhaseWait::wait(const ProbeTarget& target, EndWatch& watch) {
  if (probe_.is_of_job()) {
    deadline_.note({.job_since = start_.latest});
    await_job(watch);
  } else {
    deadline_.note({.since = start_.latest});
    await_probe(target, watch);
    if (outcome_.verdict == Verdict::kPassed) deadline_.note({});
  }
  const double waited = std::chrono::duration<double>(Clock::now() - start_.earliest).count();
  outcome_.wait_seconds = std::max(outcome_.wait_seconds, waited);
}

void PhaseWait::settle(milliseconds time, const ProbeTarget& target, EndWatch& watch) {
  if (watch.wait_until(Clock::now() + time)) return;
  if (stop_.stop_requested() || probe_.is_of_job()) return;
  // However long it had to settle, the probe gets its whole time.
  switch (probe_once(target, Clock::now() + deadline_(), watch.any()).result) {
    case ProbeAttempt::Result::kPassed:
    case ProbeAttempt::Result::kStopped:
      return;
    case ProbeAttempt::Result::kFailed:
      return outcome_.decide(Verdict::kFailed, Ending::kUnhealthyLater);
    case ProbeAttempt::Result::kNoAnswer:
      return outcome_.decide(Verdict::kUndecided, Ending::kNoAnswer);
    case ProbeAttempt::Result::kCannotJudge:
      return outcome_.decide(Verdict::kUndecided, Ending::kCannotJudge);
  }
}

void PhaseWait::probe_ended(const ProbeTarget& target) {
  // The container may have used up the whole time; the probe gets at least as long as it was given.
  switch (probe_once(target, std::max(end(), Clock::now() + deadline_()), stop_).result) {
    case ProbeAttempt::Result::kPassed:
      return outcome_.decide(Verdict::kPassed, Ending::kProbePassed);
    case ProbeAttempt::Result::kFailed:
      return outcome_.decide(Verdict::kFailed, Ending::kProbeFailedAtEnd);
    case ProbeAttempt::Result::kNoAnswer:
      return outcome_.decide(Verdict::kUndecided, Ending::kNoAnswer);
    case ProbeAttempt::Result::kCannotJudge:
      return outcome_.decide(Verdict::kUndecided, Ending::kCannotJudge);
    case ProbeAttempt::Result::kStopped:
      return outcome_.decide(Verdict::kUndecided, Ending::kInterrupted);
  }
}

void PhaseWait::compare(const ProbeAttempt& attempt) {
  if (!attempt.exit) return;
  const std::string answer = std::to_string(*attempt.exit) + '\n' + normalized(attempt.output);
  if (!answer_) answer_ = answer;
  has_varied_ = has_varied_ || answer != *answer_;
  outcome_.probe_repeats_itself = ++answers_ >= kHabit && !has_varied_;
}

ProbeAttempt PhaseWait::probe_once(const ProbeTarget& target, Clock::time_point end,
                                   const std::stop_token& stop) {
  const auto left = std::chrono::ceil<milliseconds>(end - Clock::now());
  ProbeAttempt attempt =
      capmin::attempt(probe_, target, engine_, runner_, std::max(left, milliseconds(1)), stop);
  compare(attempt);
  // The deadline may cut the last attempt short; what a whole one said tells more.
  if (attempt.exit || !outcome_.probe_exit) {
    outcome_.probe_output = attempt.output;
    outcome_.probe_exit = attempt.exit;
  }
  return attempt;
}

void PhaseWait::await_probe(const ProbeTarget& target, EndWatch& watch) {
  milliseconds interval = kFirstInterval;
  outcome_.decide(Verdict::kUndecided, Ending::kNoAnswer);
  do {
    // As long as it has not answered, an attempt has its whole time, however late it begins.
    const bool has_answered = outcome_.ending == Ending::kTimeUp;
    const Clock::time_point until =
        has_answered ? end() : std::max(end(), Clock::now() + deadline_());
    switch (probe_once(target, until, watch.any()).result) {
      case ProbeAttempt::Result::kPassed:
        return outcome_.decide(Verdict::kPassed, Ending::kProbePassed);
      case ProbeAttempt::Result::kCannotJudge:
        return outcome_.decide(Verdict::kUndecided, Ending::kCannotJudge);
      case ProbeAttempt::Result::kFailed:
        outcome_.decide(Verdict::kFailed, Ending::kTimeUp);
        if (!has_answered) deadline_.note({.since = start_.latest, .has_answered = true});
        break;
      case ProbeAttempt::Result::kNoAnswer:
      case ProbeAttempt::Result::kStopped:
        break;
    }
    if (watch.wait_until(std::min(end(), Clock::now() + interval))) return;
    interval = std::min(2 * interval, kLongestInterval);
  } while (!is_over() && !watch.any().stop_requested());
}

void PhaseWait::await_job(EndWatch& watch) {
  outcome_.decide(Verdict::kFailed, Ending::kTimeUp);
  // The job's end wakes at once; the pauses are only for a deadline that changes.
  constexpr milliseconds kPause{1000};
  while (!is_over() && !watch.any().stop_requested()) {
    watch.wait_until(std::min(end(), Clock::now() + kPause));
  }
}

}  // namespace capmin
