#pragma once

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

}  // namespace capmin
