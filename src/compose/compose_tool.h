#pragma once

#include "engine/engine.h"
#include "options/compose_options.h"
#include "system/process.h"

#include <chrono>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace capmin {

/// Compose, driven through its own command line: `docker compose`, or docker-compose where only
/// that is there. Thread-safe.
class ComposeTool {
 public:
  /// Finds out which one is there. `engine` is docker's, whose host and context Compose is told.
  /// Throws Error kEngine where there is none, or where the engine is another than docker.
  ComposeTool(ProcessRunner& runner, const Engine& engine);

  /// "docker compose" or "docker-compose".
  const std::string& name() const { return name_; }
  /// What it says that the files mean. Throws Error kUsage with its words where it refuses them.
  std::string config(const StackFiles& files, const std::stop_token& stop) const;
  /// Builds the images of `services`. Throws Error kImageMissing with its words where it cannot.
  void build(const StackFiles& files, const std::vector<std::string>& services,
             const std::stop_token& stop) const;
  /// Runs a command for the project `project` of the one file `file`. What it says stands in the
  /// result.
  ProcessResult run(const std::string& project, const std::string& file,
                    const std::string& project_directory, const std::vector<std::string>& arguments,
                    const std::stop_token& stop) const;

 private:
  ProcessResult call(const std::vector<std::string>& arguments, std::chrono::milliseconds deadline,
                     const std::stop_token& stop) const;

  ProcessRunner& runner_;
  std::string name_;
  std::vector<std::string> command_;
};

/// The last words of a call that failed, in one line.
std::string words_of(const ProcessResult& result);

/// The directory that relative paths of the files begin at.
std::string directory_of(const StackFiles& files);

}  // namespace capmin
