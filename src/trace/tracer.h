#pragma once

#include "core/trace.h"

#include <optional>
#include <string>

namespace capmin {

/// Looks at what containers ask of the kernel. Thread-safe; never throws: what a trace cannot show
/// ends no trial.
class Tracer {
 public:
  Tracer() = default;
  virtual ~Tracer() = default;
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;

  /// Begins with the container of this id, which must not have been started yet.
  virtual void watch(const std::string& container) noexcept = 0;
  /// Ends with it, and says what was seen since; nothing where its first program was never seen to
  /// start, though it may have: on another machine.
  virtual std::optional<Trace> collect(const std::string& container) noexcept = 0;
};

}  // namespace capmin
