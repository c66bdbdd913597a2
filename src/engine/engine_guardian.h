#pragma once

#include "engine/engine.h"
#include "system/guardian.h"

#include <string_view>

namespace capmin {

/// What the guardian is called as, `capmin guardian OWNER CLIENT [OPTION...]`; not a command for
/// people, so help does not name it.
inline constexpr std::string_view kGuardianName = "guardian";

/// The guardian of this process: should it end before this object does, by whatever signal, what it
/// made on the engine and its copied directories are removed. It is one per process, to be there
/// before the first container is.
class EngineGuardian {
 public:
  /// Throws Error kEngine where the guardian cannot be started.
  explicit EngineGuardian(const Engine& engine);
  /// Leaves to the guardian, which has descriptors and time of its own, what `engine` could not
  /// remove.
  ~EngineGuardian();
  EngineGuardian(const EngineGuardian&) = delete;
  EngineGuardian& operator=(const EngineGuardian&) = delete;

 private:
  const Engine& engine_;
  Guardian guardian_;
};

}  // namespace capmin
