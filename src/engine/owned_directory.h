#pragma once

#include "system/process.h"
#include "system/process_identity.h"

#include <filesystem>
#include <optional>

namespace capmin {

/// The system's directory for temporary files, absolute: TMPDIR, or else /tmp. Throws Error kOutput
/// where it is no directory.
std::filesystem::path temporary_directory();

/// A new directory below the system's temporary one, closed to other users and removed with all
/// that it holds at the end of this object's life. Its name tells this process, so that what a
/// killed capmin left can be told.
class OwnedDirectory {
 public:
  enum class Purpose {
    kVolume,  ///< a copy of what a trial may write
    kGate,    ///< what holds a trial's container at its start
  };
  /// Throws Error kOutput where it cannot be made, or could not be mounted by its path.
  explicit OwnedDirectory(Purpose purpose);
  ~OwnedDirectory();
  OwnedDirectory(const OwnedDirectory&) = delete;
  OwnedDirectory& operator=(const OwnedDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The process that made the directory `path`, by its name; nothing where that is none of these.
std::optional<ProcessIdentity> owner_of_directory(const std::filesystem::path& path);

/// A fresh copy of a file or directory of the host, with owners, modes and attributes, removed at
/// the end of its life: what one trial writes into it does not reach the next.
class DirectoryCopy {
 public:
  /// Copies `source` into a new directory of its own. Throws Error kOutput where that cannot be
  /// written.
  DirectoryCopy(const std::filesystem::path& source, ProcessRunner& runner);

  /// Where the copy is.
  const std::filesystem::path& path() const { return path_; }

 private:
  OwnedDirectory home_;
  std::filesystem::path path_;
};

/// What a copy for each trial may cost at most.
struct CopyLimits {
  std::uintmax_t bytes = 256U << 20U;
  std::size_t entries = 20'000;
};

/// Throws Error kUsage, with the reason and what to do, where `source` cannot be copied for each
/// trial: it is not there, is neither a file nor a directory, or holds more than `limits`.
void check_copyable(const std::filesystem::path& source, const CopyLimits& limits = {});

}  // namespace capmin
