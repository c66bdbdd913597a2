#pragma once

#include "options/batch_options.h"

#include <functional>
#include <optional>
#include <string>
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

}  // namespace capmin
