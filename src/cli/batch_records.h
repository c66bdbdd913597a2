#pragma once

#include "cli/batch_record.h"
#include "system/locked_log.h"

#include <filesystem>
#include <optional>
#include <string>

namespace capmin {

/// A directory with a record for each job. A record is written when its job has ended, whole or not
/// at all; so whenever a batch is killed, the next one knows what was done. Everything that writes
/// throws Error kOutput where that fails.
class BatchRecords {
 public:
  /// Makes the directory where it is not there. It belongs to one batch at a time: throws Error
  /// kOutput where another one has it.
  explicit BatchRecords(const std::filesystem::path& directory)
      : directory_(made(directory)), lock_(directory / "lock") {}

  void keep(const JobRecord& record) const;
  /// Keeps what the job `name` said of its trials; returns the file.
  std::filesystem::path keep_log(const std::string& name, const std::string& text) const;
  void summarize(const std::string& text) const;
  void unlock() { lock_.remove(); }

 private:
  static std::filesystem::path made(const std::filesystem::path& directory);

  std::filesystem::path directory_;
  LockedLog lock_;
};

/// What the `directory` of a batch knows of the job `name`; nothing where that is nothing, or of
/// another kind.
std::optional<JobRecord> find_record(const std::filesystem::path& directory,
                                     const std::string& name);

}  // namespace capmin
