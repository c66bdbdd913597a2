#pragma once

#include "engine/owned_directory.h"
#include "system/process.h"

#include <filesystem>

namespace capmin {

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
