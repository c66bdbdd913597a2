#include "batch/batch_part.h"

#include "batch/shard.h"
#include "core/error.h"
#include "system/file.h"
#include "text/quote.h"

#include <algorithm>
#include <filesystem>
#include <optional>

namespace capmin {
namespace {

namespace fs = std::filesystem;

/// The file of times that `options` name, or one that is there; nothing where there is none.
std::optional<fs::path> times_file(const BatchOptions& options) {
  std::error_code ignored;
  if (!options.times.empty()) {
    if (!fs::is_directory(options.times, ignored)) return options.times;
    return ResultFiles{options.times}.times();
  }
  const fs::path own = ResultFiles{options.results}.times();
  // A link that leads nowhere is an error of reading.
  if (!fs::exists(fs::symlink_status(own, ignored))) return std::nullopt;
  return own;
}

ManifestJob* job_named(std::string_view name, BatchManifest& manifest) {
  const auto found = std::ranges::find(manifest.jobs, name, &ManifestJob::name);
  return found == manifest.jobs.end() ? nullptr : &*found;
}

}  // namespace

bool BatchPart::has(std::string_view name) const {
  return std::ranges::any_of(manifest.jobs, [&](const ManifestJob& job) {
    return job.name == name && manifest.holds(job.shard);
  });
}

void BatchPart::begin(const std::vector<std::string>& only, const BatchResults& results) {
  if (!only.empty()) {
    const auto last = results.find_manifest();
    if (last && mismatch(*last, manifest).empty() && last->held == manifest.held) {
      manifest.jobs = last->jobs;
    }
    for (const std::string& name : only) {
      if (ManifestJob* const job = job_named(name, manifest)) job->state = JobState::kLeft;
    }
  }
  results.keep(manifest);
}

void BatchPart::end(const BatchResult& result, const BatchResults& results) {
  for (const JobRun& run : result.jobs) {
    if (ManifestJob* const job = job_named(run.record.name, manifest)) {
      job->state = run.is_skipped ? JobState::kSkipped : JobState::kRun;
    }
  }
  // The times of a part must stay those that it was split by, for when it goes on.
  if (manifest.shards == 1) results.keep_times(manifest);
  results.keep(manifest);
}

BatchPart part_of(const BatchOptions& options, std::string_view text,
                  const std::vector<std::string>& names, const std::string& rules_sha256) {
  const auto found = options.shard ? std::nullopt : find_shard(process_environment());
  const Shard shard = found ? found->shard : options.shard.value_or(Shard{});
  BatchPart part;
  part.manifest.version = CAPMIN_VERSION;
  part.manifest.file = fs::path(options.file).filename().string();
  part.manifest.batch = sha256(text);
  part.manifest.rules = rules_sha256;
  part.manifest.shards = shard.count;
  part.manifest.held = {shard.index};
  const auto file = shard.count == 1 ? std::nullopt : times_file(options);
  const BatchTimes times = file ? times_from_json(read_file(*file), file->string()) : BatchTimes{};
  const std::vector<int> shards = split(
      names,
      [&times](const std::string& name) -> std::optional<double> {
        const auto taken = times.find(name);
        if (taken == times.end()) return std::nullopt;
        return taken->second;
      },
      shard.count);
  for (std::size_t i = 0; i < names.size(); ++i) {
    part.manifest.jobs.push_back({names.at(i), shards.at(i), JobState::kLeft});
  }
  if (shard.count == 1) return part;
  part.line = "shard " + std::to_string(shard.index) + " of " + std::to_string(shard.count) +
              (found ? ", as " + found->source + " says" : "") + ": " +
              std::to_string(std::ranges::count(shards, shard.index)) + " of " +
              std::to_string(names.size()) + " jobs, split by " +
              (file ? "the times in " + shown(file->string()) : "number: no times are known");
  return part;
}

}  // namespace capmin
