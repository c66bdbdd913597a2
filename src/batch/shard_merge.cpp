#include "batch/shard_merge.h"

#include "batch/batch_results.h"
#include "batch/shard.h"
#include "core/error.h"
#include "profile/profile_yaml.h"
#include "system/file.h"
#include "text/quote.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <tuple>

namespace capmin {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> read_profile(const fs::path& path, const ShardJob& job) {
  std::error_code ignored;
  // What an earlier night wrote may have been taken over and removed since.
  const bool is_optional = job.run.record.written.empty() || job.run.is_skipped;
  if (is_optional && !fs::exists(fs::symlink_status(path, ignored))) return std::nullopt;
  if (job.run.record.written.empty()) return std::nullopt;
  std::string text = read_file(path);
  profile_from_yaml(text, path.string());
  return text;
}

ShardJob read_job(const ResultFiles& files, const ManifestJob& job) {
  ShardJob read;
  const fs::path path = files.record(job.name);
  read.text = read_file(path);
  read.run.record = record_from_json(read.text, path.string());
  read.run.is_skipped = job.state == JobState::kSkipped;
  if (read.run.record.name != job.name) {
    throw Error(ExitCode::kUsage,
                path.string() + " is the record of another job, " + excerpt(read.run.record.name));
  }
  read.profile = read_profile(files.profile(job.name), read);
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(files.log(job.name), ignored))) {
    read.log = clean_log(read_file(files.log(job.name)));
  }
  return read;
}

/// Which of two results of a job is to be believed.
enum class Choice { kFirst, kSecond, kBoth, kNeither };

Choice choice(const ShardJob& first, const ShardJob& second) {
  if (first.text == second.text) return Choice::kBoth;
  const JobRecord& a = first.run.record;
  const JobRecord& b = second.run.record;
  const auto found = [](const JobRecord& record) {
    return std::tie(record.status, record.exit, record.set, record.riskier, record.text,
                    record.key);
  };
  const bool is_first_open = may_go_better_elsewhere(a.exit);
  const bool is_second_open = may_go_better_elsewhere(b.exit);
  if (is_first_open != is_second_open) return is_first_open ? Choice::kSecond : Choice::kFirst;
  if (!is_first_open && found(a) != found(b)) return Choice::kNeither;
  return std::tie(a.at, first.text) < std::tie(b.at, second.text) ? Choice::kSecond
                                                                  : Choice::kFirst;
}

/// Takes over a result that may be known already.
void add(const std::string& name, const ShardJob& job, const std::string& directory,
         std::map<std::string, std::string>& origins, MergedShards& merged) {
  const auto [known, is_new] = merged.jobs.try_emplace(name, job);
  const Choice believed = is_new ? Choice::kSecond : choice(known->second, job);
  switch (believed) {
    case Choice::kFirst:
      break;
    case Choice::kSecond:
      known->second = job;
      origins[name] = directory;
      break;
    case Choice::kBoth:
      // Who ran the job knows more than who found it done.
      if (!job.run.is_skipped) known->second.run.is_skipped = false;
      if (!known->second.profile) known->second.profile = job.profile;
      break;
    case Choice::kNeither:
      throw Error(ExitCode::kUsage,
                  "the job " + name + " has different results in " + shown(origins[name]) +
                      " and " + shown(directory),
                  "leave one of the directories out");
  }
}

std::string words(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

/// What is not there, a line for each shard.
std::vector<std::string> missing_in(const MergedShards& merged) {
  std::vector<std::string> lines;
  for (int shard = 1; shard <= merged.manifest.shards; ++shard) {
    std::vector<std::string> left;
    for (const ManifestJob& job : merged.manifest.jobs) {
      if (job.shard == shard && !merged.jobs.contains(job.name)) left.push_back(job.name);
    }
    const std::string name =
        "shard " + std::to_string(shard) + " of " + std::to_string(merged.manifest.shards);
    if (left.empty()) continue;
    lines.push_back(
        name + (merged.manifest.holds(shard) ? " did not come to its end: " : " is missing: ") +
        words(left));
  }
  return lines;
}

}  // namespace

ShardResults read_shard_results(const std::string& directory) {
  const ResultFiles files{directory};
  ShardResults results{.directory = directory, .manifest = {}, .jobs = {}};
  results.manifest = manifest_from_json(read_file(files.manifest()), files.manifest().string());
  for (const ManifestJob& job : results.manifest.jobs) {
    if (job.state != JobState::kLeft) results.jobs.emplace(job.name, read_job(files, job));
  }
  return results;
}

BatchResult MergedShards::result() const {
  BatchResult result;
  for (const ManifestJob& job : manifest.jobs) {
    const auto found = jobs.find(job.name);
    if (found == jobs.end()) {
      result.left.push_back(job.name);
    } else {
      result.jobs.push_back(found->second.run);
    }
  }
  return result;
}

MergedShards merge_shards(const std::vector<ShardResults>& parts) {
  const ShardResults& first = parts.front();
  MergedShards merged{.manifest = first.manifest, .jobs = {}, .missing = {}};
  std::map<std::string, std::string> origins;
  std::set<int> held;
  for (const ShardResults& part : parts) {
    const std::string difference = mismatch(first.manifest, part.manifest);
    if (!difference.empty()) {
      throw Error(ExitCode::kUsage,
                  shown(first.directory) + " and " + shown(part.directory) + ' ' + difference,
                  "join the shards of one batch, one split and one night");
    }
    held.insert(part.manifest.held.begin(), part.manifest.held.end());
    for (const auto& [name, job] : part.jobs) {
      add(name, job, part.directory, origins, merged);
    }
  }
  merged.manifest.held.assign(held.begin(), held.end());
  merged.missing = missing_in(merged);
  for (ManifestJob& job : merged.manifest.jobs) {
    const auto found = merged.jobs.find(job.name);
    job.state = found == merged.jobs.end()     ? JobState::kLeft
                : found->second.run.is_skipped ? JobState::kSkipped
                                               : JobState::kRun;
    if (merged.missing.empty()) job.shard = 1;
  }
  if (merged.missing.empty()) {
    merged.manifest.shards = 1;
    merged.manifest.held = {1};
  }
  return merged;
}

}  // namespace capmin
