#include "trial/trial.h"

#include "core/error.h"
#include "engine/arguments.h"
#include "engine/container.h"
#include "engine/kernel_sets.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace capmin {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// The probe is asked again after this long at first, then after ever longer.
constexpr milliseconds kFirstInterval{10};
constexpr milliseconds kLongestInterval{250};

/// Tells when a container has ended or a stop was requested. `any()` stops at either.
class EndWatch {
 public:
  EndWatch(Engine& engine, const std::string& container, const std::stop_token& stop)
      : on_stop_(stop, [this] { stopped(); }) {
    engine.when_ended(container, quit_.get_token(), [this] { ended(); });
  }
  /// Waits for the waiting call itself, whose end uses this object.
  ~EndWatch() {
    quit_.request_stop();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return call_over_; });
  }
  EndWatch(const EndWatch&) = delete;
  EndWatch& operator=(const EndWatch&) = delete;

  /// Waits until the container has ended, a stop was requested, or `when`; true if it has ended.
  bool wait_until(Clock::time_point when) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, when, [this] { return call_over_ || stopped_; });
    return call_over_;
  }
  std::stop_token any() const { return any_.get_token(); }

 private:
  void ended() {
    any_.request_stop();
    const std::scoped_lock lock(mutex_);
    call_over_ = true;
    changed_.notify_all();
  }
  void stopped() {
    any_.request_stop();
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool call_over_ = false;
  bool stopped_ = false;
  std::stop_source any_;
  std::stop_source quit_;
  std::stop_callback<std::function<void()>> on_stop_;
};

/// The spec with what the probe itself needs inside the container.
ContainerSpec with_probe(const TrialSetup& setup) {
  ContainerSpec spec = setup.spec;
  if (setup.probe.kind == Probe::Kind::kExec) {
    spec.volumes.push_back({.kind = Volume::Kind::kBind,
                            .source = setup.probe.path,
                            .target = kProbeInside,
                            .options = "ro",
                            .read_only = true});
  }
  if (setup.probe.kind == Probe::Kind::kHealthcheck) {
    spec.options.push_back({.name = "--no-healthcheck", .value = {}});
  }
  return spec;
}

/// A set that holds more than was granted means that what the trial shows is not about the grant.
void check_sets(const ContainerFacts& facts, CapabilitySet grant) {
  const auto sets = kernel_sets_of_container(facts.id, facts.pid);
  if (!sets) return;
  const CapabilitySet real = sets->bounding | sets->permitted | sets->effective;
  if (grant.contains(real)) return;
  throw Error(ExitCode::kInternal,
              "the container really holds " + to_string(real - grant) +
                  " although the trial granted " + to_string(grant),
              "the engine did not do what it was asked; no result of it can be trusted");
}

class Trial {
 public:
  Trial(const TrialSetup& setup, int number, milliseconds deadline, Engine& engine,
        ProcessRunner& runner, const std::stop_token& stop)
      : setup_(setup), deadline_(deadline), engine_(engine), runner_(runner), stop_(stop) {
    target_.trial = number;
    outcome_.deadline_seconds = std::chrono::duration<double>(deadline).count();
  }

  Outcome run(CapabilitySet grant);

 private:
  bool is_job() const { return setup_.probe.kind == Probe::Kind::kExit || setup_.probe.oneshot; }
  void decide(Verdict verdict, Ending ending) {
    outcome_.verdict = verdict;
    outcome_.ending = ending;
  }
  void start_failed(const ContainerFacts& facts);
  void await_probe(EndWatch& watch, Clock::time_point end);
  void await_job(EndWatch& watch, Clock::time_point end);
  void look_at_end(const ContainerFacts& facts, Clock::time_point end);
  void probe_job(Clock::time_point end);
  ProbeAttempt probe_once(Clock::time_point end, const std::stop_token& stop);

  const TrialSetup& setup_;
  milliseconds deadline_;
  Engine& engine_;
  ProcessRunner& runner_;
  const std::stop_token& stop_;
  ProbeTarget target_;
  Outcome outcome_;
};

Outcome Trial::run(CapabilitySet grant) {
  const TrialIdentity identity = trial_identity(setup_, target_.trial, grant);
  const Container container(engine_, with_probe(setup_), identity);
  const Clock::time_point begin = Clock::now();
  const Clock::time_point end = begin + deadline_;
  const bool started = engine_.start(container.name());
  ContainerFacts facts = engine_.inspect(container.name());
  if (!started) {
    start_failed(facts);
    return outcome_;
  }
  check_sets(facts, grant);
  target_.container = facts.id;
  target_.name = container.name();
  target_.ip = setup_.spec.network == "host" ? "127.0.0.1" : facts.ip;
  target_.ports = facts.ports;
  {
    EndWatch watch(engine_, container.name(), stop_);
    is_job() ? await_job(watch, end) : await_probe(watch, end);
  }
  outcome_.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  if (stop_.stop_requested()) {
    decide(Verdict::kUndecided, Ending::kInterrupted);
    return outcome_;
  }
  facts = engine_.inspect(container.name());
  outcome_.log = engine_.logs(container.name());
  look_at_end(facts, end);
  if (setup_.probe.oneshot && outcome_.ending == Ending::kJobDone) probe_job(end);
  return outcome_;
}

void Trial::start_failed(const ContainerFacts& facts) {
  outcome_.engine_message = facts.error;
  if (program_not_executable(facts)) {
    outcome_.exit_code = facts.exit_code;
    decide(Verdict::kFailed, Ending::kNotExecutable);
  } else {
    decide(Verdict::kUndecided, Ending::kEngineTrouble);
  }
}

ProbeAttempt Trial::probe_once(Clock::time_point end, const std::stop_token& stop) {
  const auto left = std::chrono::ceil<milliseconds>(end - Clock::now());
  ProbeAttempt attempt = capmin::attempt(setup_.probe, target_, engine_, runner_,
                                         std::max(left, milliseconds(1)), stop);
  // The deadline may cut the last attempt short; what a whole one said tells more.
  if (attempt.exit || !outcome_.probe_exit) {
    outcome_.probe_output = attempt.output;
    outcome_.probe_exit = attempt.exit;
  }
  return attempt;
}

void Trial::await_probe(EndWatch& watch, Clock::time_point end) {
  milliseconds interval = kFirstInterval;
  decide(Verdict::kFailed, Ending::kTimeUp);
  do {
    switch (probe_once(end, watch.any()).result) {
      case ProbeAttempt::Result::kPassed:
        return decide(Verdict::kPassed, Ending::kProbePassed);
      case ProbeAttempt::Result::kCannotJudge:
        return decide(Verdict::kUndecided, Ending::kCannotJudge);
      case ProbeAttempt::Result::kFailed:
      case ProbeAttempt::Result::kStopped:
        break;
    }
    if (watch.wait_until(std::min(end, Clock::now() + interval))) return;
    interval = std::min(2 * interval, kLongestInterval);
  } while (Clock::now() < end && !watch.any().stop_requested());
}

void Trial::await_job(EndWatch& watch, Clock::time_point end) {
  watch.wait_until(end);
  decide(Verdict::kFailed, Ending::kTimeUp);
}

/// What the container's state adds to what the probe said.
void Trial::look_at_end(const ContainerFacts& facts, Clock::time_point end) {
  if (facts.out_of_memory && outcome_.verdict != Verdict::kPassed) {
    return decide(Verdict::kUndecided, Ending::kOutOfMemory);
  }
  if (facts.running) {
    if (outcome_.ending != Ending::kTimeUp || Clock::now() >= end) return;
    outcome_.engine_message = "it reported the end of a container that still runs";
    return decide(Verdict::kUndecided, Ending::kEngineTrouble);
  }
  outcome_.exit_code = facts.exit_code;
  if (is_job() && (facts.exit_code == 0 || setup_.probe.oneshot)) {
    return decide(Verdict::kPassed, Ending::kJobDone);
  }
  if (outcome_.ending == Ending::kCannotJudge) return;
  decide(Verdict::kFailed,
         outcome_.ending == Ending::kProbePassed ? Ending::kExitedAfterProbe : Ending::kExited);
}

void Trial::probe_job(Clock::time_point end) {
  target_.exit_status = *outcome_.exit_code;
  // The job may have used up the whole time; its probe gets at least as long as the job was given.
  switch (probe_once(std::max(end, Clock::now() + deadline_), stop_).result) {
    case ProbeAttempt::Result::kPassed:
      return decide(Verdict::kPassed, Ending::kProbePassed);
    case ProbeAttempt::Result::kFailed:
      return decide(Verdict::kFailed, Ending::kProbeFailedAtEnd);
    case ProbeAttempt::Result::kCannotJudge:
      return decide(Verdict::kUndecided, Ending::kCannotJudge);
    case ProbeAttempt::Result::kStopped:
      return decide(Verdict::kUndecided, Ending::kInterrupted);
  }
}

}  // namespace

std::string container_name(const TrialSetup& setup, int number) {
  return "capmin-" + setup.run_id + '-' + std::to_string(number);
}

TrialIdentity trial_identity(const TrialSetup& setup, int number, CapabilitySet grant) {
  return {.name = container_name(setup, number),
          .labels = {{"capmin.run", setup.run_id},
                     {"capmin.trial", std::to_string(number)},
                     {"capmin.owner", setup.owner}},
          .grant = grant};
}

std::vector<std::string> trial_create_arguments(const TrialSetup& setup,
                                                const TrialIdentity& identity) {
  return create_arguments(with_probe(setup), identity);
}

Outcome run_trial(const TrialSetup& setup, int number, CapabilitySet grant, milliseconds deadline,
                  Engine& engine, ProcessRunner& runner, const std::stop_token& stop) {
  try {
    return Trial(setup, number, deadline, engine, runner, stop).run(grant);
  } catch (const Error& error) {
    if (error.code() != ExitCode::kEngine) throw;
    Outcome outcome;
    outcome.ending = stop.stop_requested() ? Ending::kInterrupted : Ending::kEngineTrouble;
    outcome.engine_message = error.what();
    return outcome;
  }
}

}  // namespace capmin
