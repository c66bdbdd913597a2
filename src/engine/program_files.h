#pragma once

#include "core/capability_set.h"
#include "engine/engine.h"

#include <map>
#include <mutex>
#include <string>

namespace capmin {

/// What the program files of an image carry. Thread-safe.
class ProgramFiles {
 public:
  /// Looks into `image` by a container with `identity` that is never started, made for each
  /// question about another program.
  ProgramFiles(Engine& engine, ProcessRunner& runner, ImageFacts image, TrialIdentity identity);

  /// The capabilities without which `program` cannot be executed, because its file carries them.
  /// A program without a slash is looked up in the image's PATH. Empty where its file carries none,
  /// is not in the image, or the engine does not show it: never throws Error kEngine.
  CapabilitySet needed_to_execute(const std::string& program);

 private:
  CapabilitySet look_up(const std::string& program);

  Engine& engine_;
  ProcessRunner& runner_;
  ImageFacts image_;
  TrialIdentity identity_;
  std::mutex mutex_;
  std::map<std::string, CapabilitySet> known_;
};

}  // namespace capmin
