#pragma once

#include "batch/batch_format.h"
#include "batch/batch_manifest.h"
#include "batch/batch_results.h"
#include "options/batch_options.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// A shard that the environment named, and the variables that did: "CI_NODE_INDEX=2".
struct FoundShard {
  Shard shard;
  std::string source;
};

/// Looks up a variable; nothing where it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// The variables of this process.
Environment process_environment();

/// The shard that the environment names, nothing where it names none:
///
/// - JOB_COMPLETION_INDEX, which a Kubernetes Indexed Job sets, from 0, to CAPMIN_SHARDS - 1;
/// - CI_NODE_INDEX of GitLab, from 1 to CI_NODE_TOTAL or, without that, to CAPMIN_SHARDS;
/// - CAPMIN_TASK_SLOT, which a Docker Swarm service sets to {{.Task.Slot}}, of CAPMIN_SHARDS. The
///   tasks of a replicated job have the slots from 0, and the template shows the first one as the
///   node's id (swarmkit, template/context.go); those of a replicated service count from 1.
///
/// Throws Error kUsage where only a part of that is set, where two of them are, or where a value is
/// none of these: running all jobs in its place would be as wrong as running others.
std::optional<FoundShard> find_shard(const Environment& environment);

/// For each of `names` the shard, from 1 to `count`, that it belongs to: the longest jobs first,
/// each to the shard that has the least to do, so that the shards take about the same time
/// (Graham's rule: at most 4/3 of the best split). `seconds` tells how long a job takes; where it
/// does not know, the mean of those that it knows counts. Only the names, what is known of them and
/// the count decide, not the order of the names.
std::vector<int> split(const std::vector<std::string>& names,
                       const std::function<std::optional<double>(const std::string&)>& seconds,
                       int count);

/// The part of a batch that one `capmin batch` is to run.
struct BatchPart {
  BatchManifest manifest;  ///< that holds this shard alone
  std::string line;        ///< says which part this is, for a person; empty for all of the batch

  /// Whether the job `name` belongs to it.
  bool has(std::string_view name) const;
  /// Keeps the manifest of a batch of which nothing is done yet; where `only` names jobs, what the
  /// directory's manifest of the same part says of the others stays.
  void begin(const std::vector<std::string>& only, const BatchResults& results);
  /// Keeps what became of the jobs, and the times of a batch that was run whole.
  void end(const BatchResult& result, const BatchResults& results);
};

/// The part of the batch file with this `text`, and the jobs `names` in its order, that `options`
/// or the environment ask for. Throws Error kUsage where they ask for none that there is, and where
/// the times cannot be read.
BatchPart part_of(const BatchOptions& options, std::string_view text,
                  const std::vector<std::string>& names, const std::string& rules_sha256);

}  // namespace capmin
