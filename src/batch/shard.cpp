#include "batch/shard.h"

#include "core/error.h"
#include "options/option_table.h"
#include "system/file.h"
#include "text/quote.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <optional>
#include <tuple>

namespace capmin {
namespace {

const std::string kIndexed = "JOB_COMPLETION_INDEX";
const std::string kNode = "CI_NODE_INDEX";
const std::string kNodes = "CI_NODE_TOTAL";
const std::string kSlot = "CAPMIN_TASK_SLOT";
const std::string kShards = "CAPMIN_SHARDS";

/// Ids of swarm nodes have this length, and so can be told from any slot.
constexpr std::size_t kNodeIdSize = 25;

[[noreturn]] void refuse(const std::string& what) {
  usage_error(what, "--shard I/N says which part of the jobs runs, --shard 1/1 runs all");
}

int number_in(const std::string& variable, const std::string& text, int least, int most) {
  int number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || rest != end || number < least || number > most) {
    refuse(variable + " is " + excerpt(text) + ", not a whole number from " +
           std::to_string(least) + " to " + std::to_string(most));
  }
  return number;
}

bool is_node_id(const std::string& text) {
  return text.size() == kNodeIdSize && std::ranges::all_of(text, [](char letter) {
           return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
         });
}

/// The number of shards, by the variables that `index` goes with.
int count_of(const std::string& index, const Environment& environment) {
  const auto nodes = index == kNode ? environment(kNodes) : std::nullopt;
  const auto shards = environment(kShards);
  if (!nodes && !shards) {
    refuse(index + " says which part of the jobs this is, and nothing of how many; set " + kShards);
  }
  const int count = number_in(nodes ? kNodes : kShards, nodes ? *nodes : *shards, 1, kMostShards);
  if (nodes && shards && count != number_in(kShards, *shards, 1, kMostShards)) {
    refuse(kNodes + " is " + excerpt(*nodes) + ", but " + kShards + " is " + excerpt(*shards));
  }
  return count;
}

int index_of(const std::string& variable, const std::string& value, int count) {
  if (variable == kIndexed) return number_in(variable, value, 0, count - 1) + 1;
  if (variable == kNode) return number_in(variable, value, 1, count);
  if (is_node_id(value)) return 1;
  // The last slot of a service, which counts from 1, takes the place of the first one of a job.
  return number_in(variable, value, 0, count) % count + 1;
}

/// Tenths of a second: sums of whole numbers are the same on every machine.
long long tenths(double seconds) {
  return std::llround(std::clamp(seconds, 0.0, 1e9) * 10);
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

std::optional<FoundShard> find_shard(const Environment& environment) {
  std::string index;
  for (const std::string& variable : {kIndexed, kNode, kSlot}) {
    if (!environment(variable)) continue;
    if (!index.empty()) {
      refuse(index.append(" and ").append(variable).append(
          " both say which part of the jobs this is"));
    }
    index = variable;
  }
  if (index.empty()) {
    if (!environment(kShards)) return std::nullopt;
    refuse(kShards + " says how many parts the jobs have, and nothing which one this is");
  }
  const std::string value = *environment(index);
  const int count = count_of(index, environment);
  return FoundShard{{index_of(index, value, count), count}, index + '=' + shown(value)};
}

std::vector<int> split(const std::vector<std::string>& names,
                       const std::function<std::optional<double>(const std::string&)>& seconds,
                       int count) {
  std::vector<std::optional<long long>> known;
  long long sum = 0;
  long long number = 0;
  for (const std::string& name : names) {
    const auto taken = seconds(name);
    known.push_back(taken ? std::optional(tenths(*taken)) : std::nullopt);
    if (!taken) continue;
    sum += *known.back();
    ++number;
  }
  const long long mean = number == 0 ? 1 : sum / number;
  const auto time_of = [&](std::size_t job) { return known.at(job).value_or(mean); };
  std::vector<std::size_t> order(names.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return std::tuple(-time_of(a), std::string_view(names.at(a))) <
           std::tuple(-time_of(b), std::string_view(names.at(b)));
  });
  struct Load {
    long long time = 0;
    std::size_t jobs = 0;  ///< so that jobs that take no time are spread as well
    auto operator<=>(const Load&) const = default;
  };
  std::vector<Load> loads(static_cast<std::size_t>(count));
  std::vector<int> shards(names.size());
  for (const std::size_t job : order) {
    const auto least = std::ranges::min_element(loads);
    least->time += time_of(job);
    ++least->jobs;
    shards.at(job) = static_cast<int>(least - loads.begin()) + 1;
  }
  return shards;
}

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
