#pragma once

#include "engine/engine.h"
#include "system/process.h"
#include "trial/outcome.h"
#include "trial/probe.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace capmin {

/// Tells when a running container has ended or a stop was requested.
class EndWatch {
 public:
  EndWatch(Engine& engine, const std::string& container, const std::stop_token& stop);
  /// Waits for the engine's waiting call itself, whose end uses this object.
  ~EndWatch();
  EndWatch(const EndWatch&) = delete;
  EndWatch& operator=(const EndWatch&) = delete;

  /// Waits until the container has ended, a stop was requested, or `when`; true if it has ended.
  bool wait_until(std::chrono::steady_clock::time_point when);
  /// Stops when the container has ended or a stop was requested.
  std::stop_token any() const { return any_.get_token(); }

 private:
  void ended();
  void stopped();

  std::mutex mutex_;
  std::condition_variable changed_;
  bool call_over_ = false;
  bool stopped_ = false;
  std::stop_source any_;
  std::stop_source quit_;
  std::stop_callback<std::function<void()>> on_stop_;
};

/// A moment by both clocks.
struct Moment {
  std::chrono::steady_clock::time_point steady;
  std::chrono::system_clock::time_point wall;
  static Moment now() {
    return {std::chrono::steady_clock::now(), std::chrono::system_clock::now()};
  }
};

/// When a container's program began to run, between two moments.
struct ProgramStart {
  std::chrono::steady_clock::time_point earliest;
  std::chrono::steady_clock::time_point latest;
};

/// `told` is what the engine says of a start that it was asked for at `asked` and that it had
/// reported by `reported`. What lies outside, because the engine has another clock or one was set
/// meanwhile, is not believed.
ProgramStart program_start(const Moment& asked, const Moment& reported,
                           std::optional<std::chrono::system_clock::time_point> told);

/// The waiting of a trial, in each phase within its deadline: for a probe that passes, or for the
/// end of a job. What it comes to is decided in the trial's outcome.
class PhaseWait {
 public:
  /// All must outlive it; `stop` ends all waiting.
  PhaseWait(const Probe& probe, const TrialDeadline& deadline, Engine& engine,
            ProcessRunner& runner, const std::stop_token& stop, Outcome& outcome);

  /// The time of a phase begins with its program. What is said to be over has had its whole time,
  /// and what is measured is no less than what passed.
  void begin(const ProgramStart& start) {
    start_ = start;
    was_over_ = false;
  }
  /// Whether that time is over; once it is, it stays so, however long the deadline gets by then.
  bool is_over() {
    was_over_ = was_over_ || Clock::now() >= end();
    return was_over_;
  }
  /// Waits for the probe, or the job, while the container runs.
  void wait(const ProbeTarget& target, EndWatch& watch);
  /// Waits for `time`, after which a container that was healthy must still be so.
  void settle(std::chrono::milliseconds time, const ProbeTarget& target, EndWatch& watch);
  /// Probes what a container that has ended left behind.
  void probe_ended(const ProbeTarget& target);

 private:
  using Clock = std::chrono::steady_clock;

  Clock::time_point end() const { return start_.latest + deadline_(); }
  void compare(const ProbeAttempt& attempt);
  ProbeAttempt probe_once(const ProbeTarget& target, Clock::time_point end,
                          const std::stop_token& stop);
  void await_probe(const ProbeTarget& target, EndWatch& watch);
  void await_job(EndWatch& watch);

  const Probe& probe_;
  const TrialDeadline& deadline_;
  Engine& engine_;
  ProcessRunner& runner_;
  const std::stop_token& stop_;
  Outcome& outcome_;
  ProgramStart start_;
  bool was_over_ = false;
  std::optional<std::string> answer_;  ///< of the probe's first whole attempt, normalized
  int answers_ = 0;                    ///< whole attempts so far
  bool has_varied_ = false;            ///< one of them was not like the first
};

}  // namespace capmin
