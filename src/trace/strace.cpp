#include "trace/strace.h"

#include "core/error.h"
#include "engine/container_process.h"
#include "engine/inside.h"
#include "text/embedded.h"
#include "trace/gate.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <unistd.h>
#include <utility>

namespace capmin {
namespace {

using std::chrono::milliseconds;

/// A trial may wait that long for its probe; it ends strace itself long before.
constexpr std::chrono::hours kLongestTrace{24};

std::vector<std::string> arguments_for(int pid) {
  return {"strace",
          "--follow-forks",
          "--failed-only",
          "--decode-pids=comm",
          "--string-limit=96",
          "--signal=none",
          "--quiet=exit,path-resolution,personality,thread-execve",
          "--trace=" + traced_calls(),
          "--output=/dev/stdout",
          "--attach=" + std::to_string(pid)};
}

}  // namespace

std::optional<StraceRefusal> strace_refusal(const std::string& host, ProcessRunner& runner) {
  if (embedded_gate().empty()) {
    return StraceRefusal{"this capmin was built without the gate that holds a container for it",
                         "use --evidence logs"};
  }
  if (!is_local_host(host)) {
    return StraceRefusal{"the engine at " + host + " runs its containers on another machine",
                         "use --evidence logs, or run capmin on that machine"};
  }
  const ProcessResult version =
      runner.run({.argv = {"strace", "--version"}, .deadline = milliseconds(5'000)});
  if (!version.ok()) {
    return StraceRefusal{
        "strace cannot be run: " + (version.failure.empty() ? version.err : version.failure),
        "install it (Debian: apt-get install strace), or use --evidence logs"};
  }
  const auto own = parse_kernel_sets(proc_text(::getpid(), "status"));
  if (!own || !own->effective.contains(Capability::kSysPtrace)) {
    return StraceRefusal{
        "tracing the processes of a container takes root's rights (CAP_SYS_PTRACE), and this user "
        "does not have them",
        "run capmin as root, or use --evidence logs"};
  }
  return std::nullopt;
}

/// What the runner's thread writes and the trial's reads.
struct Strace::State {
  std::mutex mutex;
  std::condition_variable_any changed;
  StraceLog log;
  std::optional<ProcessResult> result;
};

Strace::Strace(ProcessRunner& runner, int pid, milliseconds patience, const std::stop_token& stop)
    : state_(std::make_shared<State>()) {
  // The trace goes through a pipe of our own, with strace's messages: nothing that the container
  // writes comes into it, no file can fill a disk, and nothing is lost that strace has seen.
  runner.start({.argv = arguments_for(pid),
                .environment = {{"LC_ALL", "C"}},
                .deadline = kLongestTrace,
                .streams = Command::Streams::kMerged,
                .reader =
                    [state = state_](std::string_view piece) {
                      const std::scoped_lock lock(state->mutex);
                      state->log.append(piece);
                      state->changed.notify_all();
                    }},
               quit_.get_token(), [state = state_](ProcessResult result) {
                 const std::scoped_lock lock(state->mutex);
                 state->result = std::move(result);
                 state->changed.notify_all();
               });
  std::unique_lock lock(state_->mutex);
  state_->changed.wait_for(lock, stop, patience,
                           [this] { return state_->log.attached() || state_->result; });
  if (state_->log.attached()) return;
  if (!state_->log.complaint().empty()) {
    trouble_ = "strace: " + state_->log.complaint();
  } else if (state_->result) {
    trouble_ = state_->result->failure.empty() ? "strace ended" : state_->result->failure;
  } else {
    trouble_ = "strace did not attach in time";
  }
}

Strace::~Strace() {
  if (state_) detach();
}

void Strace::detach() {
  quit_.request_stop();
  std::unique_lock lock(state_->mutex);
  // The runner answers whatever strace does: it kills what does not end.
  state_->changed.wait(lock, [this] { return state_->result.has_value(); });
}

bool Strace::died() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->result && !state_->result->ok();
}

StraceLog Strace::finish() {
  detach();
  const std::scoped_lock lock(state_->mutex);
  return std::move(state_->log);
}

namespace {

/// The gate and strace must be there within this, whatever the program's own deadline.
constexpr std::chrono::seconds kPatience{10};

}  // namespace

ContainerSpec StraceWatch::behind_gate(const std::vector<std::string>& program,
                                       ContainerSpec spec) {
  try {
    return gate_.emplace().in_front_of(program, std::move(spec));
  } catch (const Error& error) {
    if (error.code() != ExitCode::kOutput) throw;
    gate_.reset();
    trouble_ = "there is no gate: " + std::string(error.what()) + "; " + error.hint();
    return spec;
  }
}

void StraceWatch::refused(const std::string& reason) {
  // What was refused may have been the gate, or its directory, which the engine cannot see.
  trouble_ = "nothing started behind the gate: " + reason;
}

void StraceWatch::open(int first) {
  const auto process = gate_->await(first, kPatience, stop_);
  if (!process) {
    trouble_ = "the container's gate was not seen";
    return;
  }
  strace_.emplace(runner_, *process, kPatience, stop_);
  trouble_ = strace_->trouble();
  if (trouble_.empty()) gate_->open();
}

std::vector<FailedCall> StraceWatch::take() {
  if (!strace_) return {};
  const bool died = strace_->died();
  const StraceLog log = strace_->finish();
  strace_.reset();
  if (died) trouble_ = "strace ended early " + log.complaint();
  return log.failed_calls();
}

}  // namespace capmin
