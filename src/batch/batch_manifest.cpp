#include "batch/batch_manifest.h"

#include "batch/batch_file.h"
#include "batch/shard.h"
#include "system/file.h"
#include "text/quote.h"
#include "yaml/strict_yaml.h"

#include <algorithm>
#include <array>
#include <set>

namespace capmin {
namespace {

constexpr std::string_view kVersion = "capmin/v1";
constexpr std::string_view kKind = "BatchResults";
/// As JobState counts them.
constexpr std::array<std::string_view, 3> kStates{"left", "run", "skipped"};

/// Room for more jobs than a batch file can name.
constexpr YamlLimits kLimits{.bytes = std::size_t{16} << 20U, .values = 500'000};

void check_word(const YamlReader& read, const YamlNode& node, std::string_view word) {
  if (read.text(node) != word) read.fail(node, "expected " + std::string(word));
}

ManifestJob job_of(const YamlReader& read, const YamlNode& node, const BatchManifest& manifest) {
  read.map(node, {"name", "shard", "state"});
  ManifestJob job;
  job.name = read.text(read.at(node, "name"));
  if (!is_job_name(job.name)) {
    read.fail(read.at(node, "name"), excerpt(job.name) + " is no job's name");
  }
  job.shard = read.whole_number(read.at(node, "shard"), 1, manifest.shards);
  const std::string state = read.word(read.at(node, "state"), kStates);
  job.state = static_cast<JobState>(std::ranges::find(kStates, state) - kStates.begin());
  if (job.state != JobState::kLeft && !manifest.holds(job.shard)) {
    read.fail(node, "the job " + job.name + " was run, but its shard was not");
  }
  return job;
}

}  // namespace

std::string BatchManifest::split() const {
  std::string text = std::to_string(shards) + '\n';
  for (const ManifestJob& job : jobs) {
    text += job.name + ' ' + std::to_string(job.shard) + '\n';
  }
  return sha256(text);
}

bool BatchManifest::holds(int shard) const {
  return std::ranges::binary_search(held, shard);
}

DocumentMap document_of(const BatchManifest& manifest) {
  DocumentList held;
  held.items.resize(manifest.held.size());
  std::ranges::transform(manifest.held, held.items.begin(),
                         [](int shard) { return DocumentNode{shard}; });
  DocumentList jobs;
  for (const ManifestJob& job : manifest.jobs) {
    DocumentMap map;
    map.set("name", {job.name});
    map.set("shard", {job.shard});
    map.set("state", {std::string(kStates.at(static_cast<std::size_t>(job.state)))});
    jobs.items.push_back({std::move(map)});
  }
  DocumentMap map;
  map.set("apiVersion", {std::string(kVersion)});
  map.set("kind", {std::string(kKind)});
  map.set("capmin", {manifest.version});
  if (!manifest.file.empty()) map.set("file", {manifest.file});
  map.set("batch", {manifest.batch});
  map.set("rules", {manifest.rules});
  map.set("shards", {manifest.shards});
  map.set("held", {std::move(held)});
  map.set("split", {manifest.split()});
  map.set("jobs", {std::move(jobs)});
  return map;
}

BatchManifest manifest_from_json(std::string_view text, std::string_view source) {
  const YamlNode document = parse_strict_yaml(text, source, kLimits);
  const YamlReader read(source);
  read.map(document, {"apiVersion", "kind", "capmin", "file", "batch", "rules", "shards", "held",
                      "split", "jobs"});
  check_word(read, read.at(document, "apiVersion"), kVersion);
  check_word(read, read.at(document, "kind"), kKind);
  BatchManifest manifest;
  manifest.version = read.text(read.at(document, "capmin"));
  manifest.file = read.text_or_empty(document, "file");
  manifest.batch = read.text(read.at(document, "batch"));
  manifest.rules = read.text(read.at(document, "rules"));
  manifest.shards = read.whole_number(read.at(document, "shards"), 1, kMostShards);
  for (const YamlNode& item : read.items(read.at(document, "held"))) {
    const int shard = read.whole_number(item, 1, manifest.shards);
    if (!manifest.held.empty() && manifest.held.back() >= shard) {
      read.fail(item, "the shards are not in order");
    }
    manifest.held.push_back(shard);
  }
  std::set<std::string> names;
  for (const YamlNode& item : read.items(read.at(document, "jobs"))) {
    manifest.jobs.push_back(job_of(read, item, manifest));
    const std::string& name = manifest.jobs.back().name;
    if (!names.insert(name).second) read.fail(item, "the name " + name + " stands twice");
  }
  const YamlNode& split = read.at(document, "split");
  if (read.text(split) != manifest.split()) read.fail(split, "this is not the split of these jobs");
  return manifest;
}

std::string mismatch(const BatchManifest& manifest, const BatchManifest& other) {
  if (manifest.batch != other.batch) return "are of different batch files";
  if (manifest.version != other.version) {
    return "were written by different versions of capmin, " + shown(manifest.version) + " and " +
           shown(other.version);
  }
  if (manifest.rules != other.rules) return "were found with different rules";
  if (manifest.shards != other.shards) {
    return "are of " + std::to_string(manifest.shards) + " and of " + std::to_string(other.shards) +
           " shards";
  }
  if (manifest.split() != other.split()) return "split the jobs differently, by different times";
  return {};
}

}  // namespace capmin
