#include "run/run_tracer.h"

#include "core/error.h"
#include "engine/choice.h"
#include "text/sanitize.h"

#include <utility>

namespace capmin {

std::optional<std::string> hidden_engine(const EngineRequest& request, const Engine& engine) {
  if (is_local(request, engine.dialect())) return std::nullopt;
  return "the engine works on another machine, or may do so";
}

std::optional<StraceRefusal> hidden_from_strace(const EngineRequest& request, const Engine& engine,
                                                ProcessRunner& runner) {
  if (const auto hidden = hidden_engine(request, engine)) {
    return StraceRefusal{*hidden, "run capmin on the engine's machine, or leave --evidence out"};
  }
  return strace_refusal(request.host, runner);
}

std::optional<std::string> told_loss(const FinishedTrial& trial) {
  if (!trial.outcome.trace || trial.outcome.trace->lost == 0) return std::nullopt;
  return "evidence from the kernel is incomplete: " + std::to_string(trial.outcome.trace->lost) +
         " checks or processes of trial " + std::to_string(trial.number) + " could not be noted";
}

TracerAttachment attach_tracer(EvidenceSource source, const EngineRequest& request,
                               const Engine& engine) {
  if (source == EvidenceSource::kLogs || source == EvidenceSource::kStrace) return {};
  if (const auto hidden = hidden_engine(request, engine)) {
    return {.tracer = nullptr,
            .fault = *hidden,
            .hint = "run capmin on the engine's machine, or leave --evidence out"};
  }
  return attach_kernel_tracer();
}

RunTracer::RunTracer(EvidenceSource source, TracerAttachment kernel, Say say)
    : say_(std::move(say)), kernel_(std::move(kernel)) {
  if (source == EvidenceSource::kLogs || source == EvidenceSource::kStrace) return;
  if (kernel_.tracer) return;
  if (source == EvidenceSource::kKernel) {
    throw Error(ExitCode::kEngine, "there is no evidence from the kernel: " + kernel_.fault,
                kernel_.hint);
  }
  has_spoken_ = true;
  say_("evidence from logs only: " + kernel_.fault);
}

void RunTracer::note(const FinishedTrial& trial) {
  if (!trial.outcome.strace_trouble.empty() && !has_told_strace_) {
    has_told_strace_ = true;
    say_("trial " + std::to_string(trial.number) +
         " was run again without strace: " + sanitize(trial.outcome.strace_trouble));
  }
  if (!kernel_.tracer || trial.outcome.verdict == Verdict::kUndecided) return;
  if (!trial.outcome.trace && trial.outcome.ending != Ending::kNotExecutable && !has_spoken_) {
    has_spoken_ = true;
    say_("evidence from logs only: this kernel did not see the container start");
  }
  if (const auto loss = told_loss(trial); loss && !has_told_loss_) {
    has_told_loss_ = true;
    say_(*loss);
  }
}

}  // namespace capmin
