#include "trial/trial.h"

#include "core/error.h"
#include "engine/arguments.h"
#include "engine/container.h"
#include "engine/container_process.h"
#include "engine/dialect.h"
#include "engine/leftovers.h"
#include "engine/program_files.h"
#include "system/file.h"
#include "trace/strace.h"
#include "trial/phase_wait.h"
#include "trial/refusal.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <iterator>
#include <utility>

namespace capmin {

ContainerPlaces::Place::~Place() {
  if (places_ == nullptr) return;
  const std::scoped_lock lock(places_->mutex_);
  --places_->used_;
  places_->changed_.notify_all();
}

ContainerPlaces::Place ContainerPlaces::take() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return used_ < places_ + parked_; });
  ++used_;
  return Place(*this);
}

void ContainerPlaces::set_parked(int parked) {
  const std::scoped_lock lock(mutex_);
  parked_ = parked;
  changed_.notify_all();
}

void ContainerPlaces::leave(std::unique_ptr<TrialContainer> container, Place place) {
  std::jthread removal(
      [gone = std::move(container), place = std::move(place)]() mutable { gone.reset(); });
  // Of more removals than places are in use some have ended, and most likely the oldest.
  std::jthread oldest;
  {
    const std::scoped_lock lock(mutex_);
    removals_.push_back(std::move(removal));
    if (removals_.size() <= static_cast<std::size_t>(used_)) return;
    oldest = std::move(removals_.front());
    removals_.pop_front();
  }
}

namespace {

constexpr std::chrono::minutes kDeadline{10};
constexpr std::size_t kOutputLimit = 64U << 10U;

std::string how_it_ended(const ProcessResult& result) {
  switch (result.ending) {
    case ProcessResult::Ending::kExited:
      return "exit status " + std::to_string(result.status);
    case ProcessResult::Ending::kSignaled:
      return "ended by signal " + std::to_string(result.status);
    case ProcessResult::Ending::kDeadline:
      return "not done within " + std::to_string(kDeadline.count()) + " minutes";
    case ProcessResult::Ending::kNotStarted:
      return result.failure;
    case ProcessResult::Ending::kStopped:
      break;
  }
  return "stopped";
}

}  // namespace

bool put_back(const Reset& reset, int number, const Engine& engine, ProcessRunner& runner,
              const std::stop_token& stop, Outcome& outcome) {
  if (reset.path.empty()) return true;
  if (sha256(read_file(reset.path)) != reset.sha256) {
    throw Error(ExitCode::kUsage, "the file of --reset, " + reset.path + ", was changed meanwhile",
                "run capmin again: all trials must begin alike");
  }
  // What it starts may be meant to stay, such as the monitor of a container of podman's.
  const ProcessResult result =
      runner.run({.argv = {reset.path},
                  .environment = {{"CAPMIN_ENGINE", engine.name()},
                                  {"CAPMIN_PHASE", "reset"},
                                  {"CAPMIN_TRIAL", std::to_string(number)}},
                  .deadline = kDeadline,
                  .output_limit = kOutputLimit,
                  .streams = Command::Streams::kMerged},
                 stop);
  if (result.ok()) return true;
  if (stop.stop_requested()) {
    outcome.decide(Verdict::kUndecided, Ending::kInterrupted);
    return false;
  }
  outcome.reset_failure = how_it_ended(result);
  outcome.probe_output = result.out;
  outcome.decide(Verdict::kUndecided, Ending::kNotReset);
  return false;
}

namespace {

using Clock = std::chrono::steady_clock;

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
void check_sets(const KernelSets& sets, CapabilitySet grant) {
  const CapabilitySet real = sets.bounding | sets.permitted | sets.effective;
  if (grant.contains(real)) return;
  throw Error(ExitCode::kInternal,
              "the container really holds " + to_string(real - grant) +
                  " although the trial granted " + to_string(grant),
              "the engine did not do what it was asked; no result of it can be trusted");
}

/// One container under the eyes of a tracer, which forgets it whatever happens.
class Watched {
 public:
  Watched(KernelTracer* tracer, const std::string& container)
      : tracer_(tracer), container_(container) {
    if (tracer_ != nullptr) tracer_->watch(container_);
  }
  ~Watched() { collect(); }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

  std::optional<Trace> collect() {
    return tracer_ == nullptr ? std::nullopt : std::exchange(tracer_, nullptr)->collect(container_);
  }

 private:
  KernelTracer* tracer_;
  std::string container_;
};

class Trial {
 public:
  Trial(const TrialSetup& setup, int number, CapabilitySet grant, const TrialDeadline& deadline,
        Engine& engine, ProcessRunner& runner, const std::stop_token& stop)
      : setup_(setup),
        grant_(grant),
        deadline_(deadline),
        engine_(engine),
        runner_(runner),
        stop_(stop),
        strace_(runner, stop),
        wait_(setup.probe, deadline, engine, runner, stop, outcome_) {
    target_.trial = number;
  }

  Outcome run();

 private:
  /// Whether nothing happens to the container after this phase.
  bool is_last(Phase phase) const {
    return phase == Phase::kRestart || !(setup_.scenario.graceful_stop || setup_.scenario.restart);
  }
  std::unique_ptr<TrialContainer> make_container(const ContainerSpec& spec) const;
  void check_files() const;
  bool pass_phase(Phase phase);
  void take_failed_calls();
  bool heed_trouble_with_strace();
  bool stop_container();
  void start_failed(const ContainerFacts& facts);
  void meet(const ContainerFacts& facts);
  void look_at_end(const ContainerFacts& facts);

  const TrialSetup& setup_;
  CapabilitySet grant_;
  const TrialDeadline& deadline_;
  Engine& engine_;
  ProcessRunner& runner_;
  const std::stop_token& stop_;
  const TrialContainer* container_ = nullptr;
  ProbeTarget target_;
  int first_process_ = 0;
  Outcome outcome_;
  std::future<std::string> log_;  ///< read while the engine is asked for the container's state
  StraceWatch strace_;
  PhaseWait wait_;
};

/// Throws where what is left of another trial would have a part in this one.
void check_alone(const TrialSetup& setup, const Engine& engine) {
  if (setup.shared.empty()) return;
  const std::vector<std::string> left = engine.leftovers();
  if (left.empty()) return;
  throw Error(ExitCode::kEngine, "a trial before could not be removed (" + left.back() +
                                     "), and trials share " + setup.shared.front());
}

Outcome Trial::run() {
  check_alone(setup_, engine_);
  if (!put_back(setup_.reset, target_.trial, engine_, runner_, stop_, outcome_)) return outcome_;
  ContainerSpec spec = with_probe(setup_);
  if (!setup_.straced.empty()) spec = strace_.behind_gate(setup_.straced, std::move(spec));
  if (heed_trouble_with_strace()) return outcome_;
  std::optional<ContainerPlaces::Place> place;
  check_files();
  std::unique_ptr<TrialContainer> container = make_container(spec);
  check_files();
  container_ = container.get();
  target_.name = container->name();
  if (setup_.places) place.emplace(setup_.places->take());
  Watched watched(setup_.tracer, container->id());
  const Scenario& scenario = setup_.scenario;
  const Clock::time_point begin = Clock::now();
  const bool passed = pass_phase(Phase::kStart) &&
                      (!(scenario.graceful_stop || scenario.restart) || stop_container()) &&
                      (!scenario.restart || pass_phase(Phase::kRestart));
  outcome_.trace = watched.collect();
  // As long as the container lives its files are at hand; later each takes calls of the engine.
  if (outcome_.trace && passed) {
    outcome_.trace->carried =
        needed_to_execute(target_.container, first_process_, outcome_.trace->programs);
  }
  take_failed_calls();
  outcome_.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  outcome_.deadline_seconds = std::chrono::duration<double>(deadline_()).count();
  if (stop_.stop_requested()) {
    outcome_.decide(Verdict::kUndecided, Ending::kInterrupted);
    return outcome_;
  }
  if (outcome_.verdict == Verdict::kFailed) {
    if (const std::string trouble = container->trouble(); !trouble.empty()) {
      outcome_.engine_message = trouble;
      outcome_.decide(Verdict::kUndecided, Ending::kEngineTrouble);
    }
  }
  // A container that never started has no log; one that passed has one for later comparison.
  if (passed || outcome_.ending != Ending::kNotExecutable) {
    // Of a container that ended meanwhile its last words may be missing.
    const bool is_whole = log_.valid() && outcome_.ending != Ending::kExitedAfterProbe;
    outcome_.log = is_whole ? log_.get() : engine_.logs(target_.name);
  }
  // A gate is gone with its trial, and its mount must be so before.
  if (place && !strace_.has_gate()) setup_.places->leave(std::move(container), std::move(*place));
  return outcome_;
}

std::unique_ptr<TrialContainer> Trial::make_container(const ContainerSpec& spec) const {
  const TrialIdentity identity = trial_identity(setup_, target_.trial, grant_);
  if (setup_.company != nullptr) return setup_.company->make(spec, identity, stop_);
  return std::make_unique<Container>(engine_, runner_, spec, identity);
}

/// What the container is made of must be the same in all trials.
void Trial::check_files() const {
  // A mount of a file that is gone would be a new directory of the host.
  check_unchanged(setup_.probe);
  for (const PinnedFile& file : setup_.files) {
    check_unchanged(file);
  }
}

/// Starts the container and waits until it is healthy, or a job has ended. True when the trial may
/// go on: then it has passed so far.
bool Trial::pass_phase(Phase phase) {
  outcome_.phase = phase;
  target_.phase = name_of(phase);
  const Moment asked = Moment::now();
  const Started started = engine_.start(target_.name);
  const Moment reported = Moment::now();
  ContainerFacts facts = started.facts;
  if (!started.ok) {
    start_failed(facts);
    if (strace_.has_gate()) strace_.refused(facts.error);
    if (heed_trouble_with_strace()) return false;
    if (phase == Phase::kStart && outcome_.ending == Ending::kEngineTrouble) {
      throw RefusedContainer(Error(ExitCode::kEngine, facts.error), facts.error);
    }
    return false;
  }
  meet(facts);
  wait_.begin(program_start(asked, reported, facts.started_at));
  if (strace_.has_gate()) {
    take_failed_calls();
    if (!heed_trouble_with_strace()) strace_.open(facts.pid);
    if (heed_trouble_with_strace()) return false;
    const Moment opened = Moment::now();
    wait_.begin({.earliest = opened.steady, .latest = opened.steady});
  }
  {
    EndWatch watch(engine_, target_.name, stop_);
    wait_.wait(target_, watch);
    if (outcome_.verdict == Verdict::kPassed && setup_.scenario.settle.count() > 0) {
      wait_.settle(setup_.scenario.settle, target_, watch);
    }
  }
  if (stop_.stop_requested()) return false;
  if (outcome_.verdict == Verdict::kPassed) {
    outcome_.processes = processes_of_container(facts.id, facts.pid);
  }
  if (is_last(phase)) {
    log_ = std::async(std::launch::async, [this] { return engine_.logs(target_.name); });
  }
  facts = engine_.inspect(target_.name);
  look_at_end(facts);
  if (setup_.probe.oneshot && outcome_.ending == Ending::kJobDone) {
    target_.exit_status = *outcome_.exit_code;
    wait_.probe_ended(target_);
  }
  return outcome_.verdict == Verdict::kPassed;
}

/// Takes what strace saw so far.
void Trial::take_failed_calls() {
  std::ranges::move(strace_.take(), std::back_inserter(outcome_.failed_calls));
  heed_trouble_with_strace();
}

/// True where there is trouble: then the trial is undecided.
bool Trial::heed_trouble_with_strace() {
  if (strace_.trouble().empty()) return false;
  outcome_.strace_trouble = strace_.trouble();
  outcome_.engine_message = strace_.trouble();
  outcome_.decide(Verdict::kUndecided, Ending::kEngineTrouble);
  return true;
}

/// What is known of a container once it has started.
void Trial::meet(const ContainerFacts& facts) {
  const auto sets = kernel_sets_of_container(facts.id, facts.pid);
  if (sets) {
    check_sets(*sets, grant_);
    outcome_.sets = sets;
  }
  target_.container = facts.id;
  first_process_ = facts.pid;
  target_.ip = setup_.spec.network == "host" ? "127.0.0.1" : facts.ip;
  target_.ports = facts.ports;
  target_.company = container_->variables(target_.ip, target_.ports);
}

/// Ends the container by its stop signal. True when the trial may go on.
bool Trial::stop_container() {
  if (setup_.probe.is_of_job()) return true;
  outcome_.phase = Phase::kStop;
  if (!setup_.scenario.graceful_stop) {
    engine_.stop(target_.name);
    return true;
  }
  const std::string before = engine_.logs(target_.name);
  const HeldProcesses processes(target_.container, first_process_);
  engine_.stop(target_.name);
  const ContainerFacts facts = engine_.inspect(target_.name);
  // docker and podman kill what has not ended in time, which the kernel reports as 128 + SIGKILL.
  constexpr int kKilled = 137;
  if (facts.exit_code == kKilled) {
    outcome_.exit_code = facts.exit_code;
    outcome_.decide(Verdict::kFailed, Ending::kNotGraceful);
    return false;
  }
  std::string log = engine_.logs(target_.name);
  // Of a log too long to be kept whole no one can tell.
  log = log.starts_with(before) ? log.substr(before.size()) : std::string();
  outcome_.stop_end = {
      .exit_code = facts.exit_code, .log = std::move(log), .killed = processes.killed()};
  if (setup_.scenario.probe_after_stop) {
    target_.phase = name_of(Phase::kStop);
    target_.exit_status = facts.exit_code;
    wait_.probe_ended(target_);
    target_.exit_status = -1;
  }
  if (outcome_.verdict == Verdict::kPassed) return true;
  outcome_.exit_code = facts.exit_code;
  return false;
}

void Trial::start_failed(const ContainerFacts& facts) {
  outcome_.engine_message = facts.error;
  if (program_not_executable(facts)) {
    outcome_.exit_code = facts.exit_code;
    outcome_.decide(Verdict::kFailed, Ending::kNotExecutable);
  } else {
    outcome_.decide(Verdict::kUndecided, Ending::kEngineTrouble);
  }
}

/// What the container's state adds to what the probe said.
void Trial::look_at_end(const ContainerFacts& facts) {
  if (facts.out_of_memory && outcome_.verdict != Verdict::kPassed) {
    return outcome_.decide(Verdict::kUndecided, Ending::kOutOfMemory);
  }
  if (facts.running) {
    const bool is_over_time =
        outcome_.ending == Ending::kTimeUp || outcome_.ending == Ending::kNoAnswer;
    if (!is_over_time || wait_.is_over()) return;
    outcome_.engine_message = "it reported the end of a container that still runs";
    return outcome_.decide(Verdict::kUndecided, Ending::kEngineTrouble);
  }
  outcome_.exit_code = facts.exit_code;
  if (setup_.probe.is_of_job() && (facts.exit_code == 0 || setup_.probe.oneshot)) {
    return outcome_.decide(Verdict::kPassed, Ending::kJobDone);
  }
  if (outcome_.ending == Ending::kCannotJudge) return;
  outcome_.decide(Verdict::kFailed, outcome_.ending == Ending::kProbePassed
                                        ? Ending::kExitedAfterProbe
                                        : Ending::kExited);
}

}  // namespace

std::string container_name(const TrialSetup& setup, int number) {
  return "capmin-" + setup.run_id + '-' + std::to_string(number);
}

TrialIdentity trial_identity(const TrialSetup& setup, int number, CapabilitySet grant) {
  return {.name = container_name(setup, number),
          .labels = {{kRunLabel, setup.run_id},
                     {"capmin.trial", std::to_string(number)},
                     {kOwnerLabel, setup.owner}},
          .grant = grant};
}

std::vector<std::string> trial_create_arguments(const TrialSetup& setup,
                                                const TrialIdentity& identity) {
  return create_arguments(with_probe(setup), identity);
}

namespace {

Outcome run_once(const TrialSetup& setup, int number, CapabilitySet grant,
                 const TrialDeadline& deadline, Engine& engine, ProcessRunner& runner,
                 const std::stop_token& stop) {
  Outcome outcome = Trial(setup, number, grant, deadline, engine, runner, stop).run();
  if (outcome.strace_trouble.empty() || stop.stop_requested()) return outcome;
  TrialSetup plain = setup;
  plain.straced.clear();
  std::string trouble = std::move(outcome.strace_trouble);
  outcome = Trial(plain, number, grant, deadline, engine, runner, stop).run();
  outcome.strace_trouble = std::move(trouble);
  return outcome;
}

/// As run_once(), but a container that is refused for the image or the options, and not by an
/// engine in trouble, ends the search: no other trial would fare better.
Outcome run_unless_refused(const TrialSetup& setup, int number, CapabilitySet grant,
                           const TrialDeadline& deadline, Engine& engine, ProcessRunner& runner,
                           const std::stop_token& stop) {
  std::optional<RefusedContainer> first;
  try {
    return run_once(setup, number, grant, deadline, engine, runner, stop);
  } catch (const RefusedContainer& refused) {
    first = refused;
  }
  // A plain container of the image is no likeness of one that has company.
  if (stop.stop_requested() || setup.company != nullptr) throw RefusedContainer(*first);
  const auto refusal =
      refusal_of(*first, setup, trial_identity(setup, number, grant), engine, runner);
  if (!refusal) throw RefusedContainer(*first);
  if (refusal->is_known) throw Error(refusal->error);
  try {
    return run_once(setup, number, grant, deadline, engine, runner, stop);
  } catch (const RefusedContainer& again) {
    if (are_alike(*first, again)) throw Error(refusal->error);
    throw;
  }
}

}  // namespace

Outcome run_trial(const TrialSetup& setup, int number, CapabilitySet grant,
                  const TrialDeadline& deadline, Engine& engine, ProcessRunner& runner,
                  const std::stop_token& stop) {
  try {
    return run_unless_refused(setup, number, grant, deadline, engine, runner, stop);
  } catch (const Error& error) {
    if (error.code() != ExitCode::kEngine) throw;
    Outcome outcome;
    outcome.ending = stop.stop_requested() ? Ending::kInterrupted : Ending::kEngineTrouble;
    outcome.engine_message = error.what();
    return outcome;
  }
}

}  // namespace capmin
