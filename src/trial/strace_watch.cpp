#include "trial/strace_watch.h"

#include "core/error.h"

#include <chrono>
#include <utility>

namespace capmin {
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
