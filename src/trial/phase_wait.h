#pragma once

#include "engine/engine.h"
#include "system/process.h"
#include "trial/end_watch.h"
#include "trial/outcome.h"
#include "trial/probe.h"

#include <chrono>
#include <stop_token>

namespace capmin {

/// The waiting of a trial, in each phase within its deadline: for a probe that passes, or for the
/// end of a job. What it comes to is decided in the trial's outcome.
class PhaseWait {
 public:
  /// All must outlive it; `stop` ends all waiting.
  PhaseWait(const Probe& probe, const TrialDeadline& deadline, Engine& engine,
            ProcessRunner& runner, const std::stop_token& stop, Outcome& outcome);

  /// The time of a phase begins now.
  void begin() { begin_ = Clock::now(); }
  /// Whether that time is over.
  bool is_over() const { return Clock::now() >= end(); }
  /// Waits for the probe, or the job, while the container runs.
  void wait(const ProbeTarget& target, EndWatch& watch);
  /// Waits for `time`, after which a container that was healthy must still be so.
  void settle(std::chrono::milliseconds time, const ProbeTarget& target, EndWatch& watch);
  /// Probes what a job that has ended left behind.
  void probe_job(const ProbeTarget& target);

 private:
  using Clock = std::chrono::steady_clock;

  Clock::time_point end() const { return begin_ + deadline_(); }
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
  Clock::time_point begin_ = Clock::now();
};

}  // namespace capmin
