#pragma once

#include "batch/batch_manifest.h"
#include "batch/batch_record.h"
#include "system/locked_log.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace capmin {

/// For each job the seconds that it took when it was run last.
using BatchTimes = std::map<std::string, double>;

/// The times as JSON, by name.
std::string to_json(const BatchTimes& times);

/// Reads what to_json() wrote. Throws Error kUsage for everything else.
BatchTimes times_from_json(std::string_view text, std::string_view source);

/// The files of a directory of results: for each job its record, a copy of the profile that it
/// wrote, the log of its trials, and the journal of a search that did not end; the manifest, the
/// summary, and the times that the jobs took.
struct ResultFiles {
  std::filesystem::path directory;

  std::filesystem::path record(const std::string& job) const;
  std::filesystem::path profile(const std::string& job) const;
  std::filesystem::path log(const std::string& job) const;
  std::filesystem::path journal(const std::string& job) const;
  std::filesystem::path manifest() const { return directory / "manifest.json"; }
  std::filesystem::path summary() const { return directory / "summary.json"; }
  std::filesystem::path times() const { return directory / "times.json"; }
};

/// A directory of results that one process at a time writes. A record is written when its job has
/// ended, whole or not at all; so whenever a batch is killed, the next one knows what was done.
class BatchResults {
 public:
  /// Makes the directory, where it is not there, and locks it. Throws Error kOutput.
  explicit BatchResults(const std::filesystem::path& directory);

  /// What the manifest says; nothing where there is none, or something else.
  std::optional<BatchManifest> find_manifest() const;

  /// Keeps a record, and a copy of the profile that its job wrote, if it did.
  void keep(const JobRecord& record) const;
  /// The same with the text of that profile.
  void keep(const JobRecord& record, const std::optional<std::string>& profile) const;
  /// Keeps what the job `name` said of its trials, see clean_log().
  /// Removes the record of a job, so that it counts as one that never ran.
  void forget(const std::string& name) const;
  void keep_log(const std::string& name, const std::string& text) const;
  void keep(const BatchManifest& manifest) const;
  /// Keeps the times of those jobs of `manifest` that there is a record of.
  void keep_times(const BatchManifest& manifest) const;
  void summarize(const std::string& text) const;
  /// Lets others use the directory.
  void unlock() { lock_.remove(); }

 private:
  ResultFiles files_;
  LockedLog lock_;
};

/// What the `directory` of a batch knows of the job `name`; nothing where that is nothing, or of
/// another kind.
std::optional<JobRecord> find_record(const std::filesystem::path& directory,
                                     const std::string& name);

/// The lines of a log with nothing in them that a terminal or a CI system would execute.
std::string clean_log(const std::string& log);

}  // namespace capmin
