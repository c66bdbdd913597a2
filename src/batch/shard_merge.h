#pragma once

#include "batch/batch_format.h"
#include "batch/batch_manifest.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace capmin {

/// A job of a directory of results: its record, as it was read, and the profile that it wrote.
struct ShardJob {
  JobRun run;
  std::string text;                    ///< the record's file
  std::optional<std::string> profile;  ///< the text of the profile
  std::optional<std::string> log;      ///< cleaned; of its trials
};

/// A directory of results that was read.
struct ShardResults {
  std::string directory;
  BatchManifest manifest;
  std::map<std::string, ShardJob> jobs;  ///< by name: those that were run or skipped
};

/// Reads a directory of results. Throws Error kUsage for one that holds no manifest, and for every
/// file that is not what the manifest says.
ShardResults read_shard_results(const std::string& directory);

/// Shards in one.
struct MergedShards {
  BatchManifest manifest;  ///< of one shard, where all jobs were run
  std::map<std::string, ShardJob> jobs;
  std::vector<std::string> missing;  ///< what is not there, in lines for a person

  /// The result in the order of the batch file, as one batch would have it.
  BatchResult result() const;
};

/// Joins directories of results, one at least. The same shard may be there more than once, and
/// parts of it that were run one after the other; neither their order nor how often they are named
/// matters. A job that ended the same way twice, or that was tried again elsewhere, has its later
/// result. Throws Error kUsage where they are not parts of one batch, and where a job has two
/// results that contradict each other.
MergedShards merge_shards(const std::vector<ShardResults>& parts);

}  // namespace capmin
