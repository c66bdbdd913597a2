#include "batch/batch_format.h"
#include "batch/batch_results.h"
#include "batch/shard_merge.h"
#include "cli/commands.h"
#include "core/error.h"
#include "options/batch_options.h"
#include "system/file.h"
#include "text/quote.h"

#include <cstdio>
#include <filesystem>
#include <system_error>

namespace capmin {
namespace {

namespace fs = std::filesystem;

/// Files are written one by one over those of before; what is joined must not be among them.
void check_target(const MergeOptions& options) {
  for (const std::string& directory : options.directories) {
    std::error_code ignored;
    if (options.results.empty() || !fs::equivalent(directory, options.results, ignored)) continue;
    throw Error(ExitCode::kUsage, shown(directory) + " is to be joined and to be written",
                "name another directory with --results");
  }
}

void write_results(const MergedShards& merged, const BatchResult& result,
                   const MergeOptions& options) {
  BatchResults results(options.results);
  // Until all is written, the jobs are those of nobody.
  BatchManifest begun = merged.manifest;
  for (ManifestJob& job : begun.jobs) {
    job.state = JobState::kLeft;
  }
  results.keep(begun);
  for (const auto& [name, job] : merged.jobs) {
    results.keep(job.run.record, job.profile);
    if (job.log) results.keep_log(name, *job.log);
  }
  results.summarize(to_json(result, options.fail_on));
  results.keep_times(merged.manifest);
  results.keep(merged.manifest);
  results.unlock();
}

void name_missing(const MergedShards& merged) {
  for (const std::string& line : merged.missing) {
    static_cast<void>(std::fputs(("error: " + line + '\n').c_str(), stderr));
  }
  if (merged.missing.empty()) return;
  static_cast<void>(std::fputs(
      "  hint: run them with capmin batch --shard, and join all directories again\n", stderr));
}

}  // namespace

ExitCode merge_command(const std::vector<std::string>& arguments) {
  const MergeOptions options = parse_merge_options(arguments);
  check_target(options);
  std::vector<ShardResults> parts;
  for (const std::string& directory : options.directories) {
    parts.push_back(read_shard_results(directory));
  }
  const MergedShards merged = merge_shards(parts);
  const BatchResult result = merged.result();
  if (!options.results.empty()) write_results(merged, result, options);
  // Nobody else can say where a job without a profile stands.
  const std::string file = merged.manifest.file.empty() ? "batch.yaml" : merged.manifest.file;
  write_standard_output(
      in_format(result, options.format, options.fail_on, fs::path(options.directory) / file));
  name_missing(merged);
  return static_cast<ExitCode>(exit_of(result, options.fail_on));
}

}  // namespace capmin
