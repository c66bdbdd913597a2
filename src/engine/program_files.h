#pragma once

#include "core/capability.h"
#include "core/trial.h"
#include "engine/container.h"
#include "engine/container_spec.h"
#include "engine/dialect.h"
#include "engine/engine.h"
#include "engine/replies.h"
#include "engine/tar_reader.h"

#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// A program that gives a user other than root more than that user has.
struct PrivilegedProgram {
  std::string path;  ///< hostile
  ProgramPrivileges privileges;
  friend bool operator==(const PrivilegedProgram&, const PrivilegedProgram&) = default;
};

/// The programs of an image that do, sorted by path; nothing where they are not known.
using ImagePrograms = std::optional<std::vector<PrivilegedProgram>>;

/// What a file of an archive gives as a program; nothing where it is none or gives nothing. The
/// set-user-ID bit counts where the file is root's.
std::optional<PrivilegedProgram> privileged_program(const TarEntry& entry);

/// Where a container looks for `program`, in order: a path as it stands or from the working
/// directory, a name in the directories of its PATH, of which relative ones begin at the working
/// directory, too (execvp(3)).
std::vector<std::string> places_of(const std::string& program, const std::vector<std::string>& path,
                                   const std::string& working_directory);

/// What the program files of an image carry. Looks into the image by a container that is never
/// started: made when it is first needed, removed by close() or at the end. Thread-safe.
class ProgramFiles {
 public:
  /// `spec` tells the user's PATH and working directory.
  ProgramFiles(Engine& engine, ProcessRunner& runner, ImageFacts image, const ContainerSpec& spec,
               TrialIdentity identity);

  /// What the file of `program` gives, a path or a name in PATH. Nothing where its file is
  /// ordinary, is not in the image, or the engine does not show it, and for programs that are asked
  /// about after many others: never throws Error kEngine.
  ProgramPrivileges privileges_of(const std::string& program);

  /// Every program of the image that gives more than its user has. The engine writes the whole
  /// image out for that, which takes seconds. Nothing where it does not do so to the end, or at a
  /// stop.
  ImagePrograms privileged(const std::stop_token& stop);

  /// Removes the container.
  void close();

 private:
  const Container& container();
  ProgramPrivileges look_up(const std::string& program);

  Engine& engine_;
  ProcessRunner& runner_;
  ImageFacts image_;
  std::vector<std::string> path_;
  std::string working_directory_;
  TrialIdentity identity_;
  std::mutex mutex_;
  std::optional<Container> container_;
  std::map<std::string, ProgramPrivileges> known_;
};

/// What must be in the bounding set to execute `programs`, absolute paths in the running container
/// `id`, whose first process is `pid`: read from their files through /proc/PID/root, proc(5). No
/// link leads out of the container. A file that is not there needs nothing. Nothing where this
/// machine does not show the container's files, or where a path is not absolute.
std::optional<CapabilitySet> needed_to_execute(const std::string& id, int pid,
                                               const std::vector<std::string>& programs);

/// The program and arguments that a container of `spec` runs as its first process: those of the
/// options and the command line, else the image's. An --entrypoint drops the image's CMD, and an
/// empty one leaves the command alone; podman takes a JSON list, too (docker 20.10, podman 4.3).
/// Empty where nobody names a program: such a container cannot be created.
std::vector<std::string> first_program(const ContainerSpec& spec, const ImageFacts& image,
                                       Dialect dialect);

}  // namespace capmin
