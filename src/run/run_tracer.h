#pragma once

#include "engine/engine.h"
#include "options/run_options.h"
#include "trace/kernel_tracer.h"
#include "trace/strace.h"
#include "trial/outcome.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace capmin {

/// Why containers of this engine cannot be seen by this kernel; nothing where they can.
std::optional<std::string> hidden_engine(const EngineRequest& request, const Engine& engine);

/// Why strace cannot look at containers of `engine`, and what to do; nothing where it can.
std::optional<StraceRefusal> hidden_from_strace(const EngineRequest& request, const Engine& engine,
                                                ProcessRunner& runner);

/// What is said of a trial of which the kernel could not note all, because its maps were full;
/// nothing where it could, or did not look.
std::optional<std::string> told_loss(const FinishedTrial& trial);

/// Attaches what `source` asks for to the kernel, if it asks for that, and `engine` runs there.
/// Takes about as long as an engine's answer, and asks none.
TracerAttachment attach_tracer(EvidenceSource source, const EngineRequest& request,
                               const Engine& engine);

/// The tracer of one run, and what is said where it cannot be had. Says it once.
class RunTracer {
 public:
  using Say = std::function<void(const std::string& line)>;

  /// Takes the attach_tracer() of `source`. Throws Error kEngine, with the reason, where the kernel
  /// is asked for by name and cannot be used; for kAuto the reason goes to `say`.
  RunTracer(EvidenceSource source, TracerAttachment kernel, Say say);

  /// Null where there are logs only.
  KernelTracer* tracer() const { return kernel_.tracer.get(); }
  /// Notes a trial whose container was never seen, though it ran, or of which something was lost.
  void note(const FinishedTrial& trial);

 private:
  Say say_;
  TracerAttachment kernel_;
  bool has_spoken_ = false;
  bool has_told_strace_ = false;
  bool has_told_loss_ = false;
};

}  // namespace capmin
