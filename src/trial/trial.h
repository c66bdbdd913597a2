#pragma once

#include "engine/container.h"
#include "engine/engine.h"
#include "system/file.h"
#include "system/process.h"
#include "trace/kernel_tracer.h"
#include "trial/outcome.h"
#include "trial/probe.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace capmin {

/// Places for the containers of trials. A container whose trial has ended is removed in the
/// background and keeps its place until it is gone: the next one is made meanwhile, but never runs
/// beside it where there is one place only. One that is parked has a place beside these.
/// Thread-safe.
class ContainerPlaces {
 public:
  /// One container's place; given back at the end of its life.
  class Place {
   public:
    explicit Place(ContainerPlaces& places) : places_(&places) {}
    ~Place();
    Place(Place&& other) noexcept : places_(std::exchange(other.places_, nullptr)) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    ContainerPlaces* places_;
  };

  /// `places` is at least 1.
  explicit ContainerPlaces(int places) : places_(places) {}
  /// Waits until all is removed.
  ~ContainerPlaces() = default;
  ContainerPlaces(const ContainerPlaces&) = delete;
  ContainerPlaces& operator=(const ContainerPlaces&) = delete;

  /// Waits for a place, as long as the removal of another container takes.
  Place take();
  /// Says how many of the containers that have a place are parked.
  void set_parked(int parked);
  /// Removes `container`, then gives `place` back; returns at once.
  void leave(std::unique_ptr<TrialContainer> container, Place place);

 private:
  const int places_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int used_ = 0;
  int parked_ = 0;
  std::list<std::jthread> removals_;
};

/// The user's program that puts back, before each trial, what lies outside of the containers and
/// would remember the trials before: a database beside them, for instance.
struct Reset {
  std::string path;    ///< absolute; empty: there is none
  std::string sha256;  ///< of the file
  friend bool operator==(const Reset&, const Reset&) = default;
};

/// Runs `reset`, where there is one, on this host before trial `number`, for at most ten minutes.
/// It is told CAPMIN_TRIAL, CAPMIN_ENGINE and, as a probe is, its phase: CAPMIN_PHASE=reset. True
/// when it ended with status 0; else `outcome` is undecided, with what it printed. Throws Error
/// kUsage where the file is not the one that `reset` tells of.
bool put_back(const Reset& reset, int number, const Engine& engine, ProcessRunner& runner,
              const std::stop_token& stop, Outcome& outcome);

/// What happens to the container in a trial, beyond its start until the probe passes.
struct Scenario {
  /// How long it must stay healthy; the probe is asked once more then.
  std::chrono::milliseconds settle{0};
  /// It must end by itself after its stop signal, and no worse than with the whole ceiling.
  bool graceful_stop = false;
  bool probe_after_stop = false;  ///< the probe looks at what is left then
  bool restart = false;  ///< it is stopped, started again with its own files, and probed again
  friend bool operator==(const Scenario&, const Scenario&) = default;
};

/// Makes the containers of trials in the company of others that they need, in place of the engine's
/// create command. Thread-safe.
class Company {
 public:
  Company() = default;
  virtual ~Company() = default;
  Company(const Company&) = delete;
  Company& operator=(const Company&) = delete;

  /// Brings the others up and creates the container. `spec` is that of the trial, of which what the
  /// probe needs and the ports count; the rest is the company's. Throws Error kEngine for engine
  /// trouble and kNoWorkingSet where the others do not come up.
  virtual std::unique_ptr<TrialContainer> make(const ContainerSpec& spec,
                                               const TrialIdentity& identity,
                                               const std::stop_token& stop) = 0;
  /// As TrialSetup::shared.
  virtual std::vector<std::string> shared() const = 0;
  /// A text that differs where what it makes does.
  virtual std::string fingerprint() const = 0;
};

/// What all trials of a run have in common.
struct TrialSetup {
  ContainerSpec spec;
  Probe probe;
  Scenario scenario;
  Reset reset;
  std::string run_id;  ///< unique on the engine
  std::string owner;   ///< label value that tells whether the capmin that made a container lives
  /// Files from which containers are made beside the image; they must hold what they held at first.
  std::vector<PinnedFile> files;
  /// What the container runs as its first process, where strace should look on from a gate in front
  /// of it; empty: neither is there.
  std::vector<std::string> straced;
  KernelTracer* tracer =
      nullptr;  ///< looks at what containers ask of the kernel; null: nobody does
  /// Makes the containers; null: the engine's create command does.
  Company* company = nullptr;
  /// Where containers are left to be removed; null: each is removed at the end of its trial.
  ContainerPlaces* places = nullptr;
  /// What trials share outside of their containers, in words; where there is something, no trial
  /// can be judged beside a container that is left of another one.
  std::vector<std::string> shared;
};

/// The name of the container of trial `number`.
std::string container_name(const TrialSetup& setup, int number);

/// The identity of the container of trial `number`: its name and the labels capmin.run,
/// capmin.trial and capmin.owner.
TrialIdentity trial_identity(const TrialSetup& setup, int number, CapabilitySet grant);

/// The arguments of the engine's create command for one trial.
std::vector<std::string> trial_create_arguments(const TrialSetup& setup,
                                                const TrialIdentity& identity);

/// Runs one trial: the reset, a fresh container with `grant`, the probe until it passes, the
/// container ends or `deadline` is over; removes the container, or leaves that to the setup's
/// places. Where the gate or strace fails, which is no evidence, it is run again without them and
/// Outcome::strace_trouble tells why. Engine trouble is an undecided outcome, so is a reset that
/// failed, and so is a container of before that could not be removed where trials share something.
/// Throws Error kInternal where the container's real capability sets hold more than the grant,
/// kImageMissing where the image is gone, kUsage where the probe or a file of the setup was changed
/// meanwhile, and Refusal::error where the engine works and will not start such a container.
Outcome run_trial(const TrialSetup& setup, int number, CapabilitySet grant,
                  const TrialDeadline& deadline, Engine& engine, ProcessRunner& runner,
                  const std::stop_token& stop);

}  // namespace capmin
