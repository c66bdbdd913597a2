#include "batch/batch_manifest.h"

#include "batch/batch_file.h"
#include "document/fields.h"
#include "options/batch_options.h"
#include "system/file.h"
#include "text/quote.h"

#include <algorithm>
#include <array>
#include <set>

namespace capmin {
namespace {

/// Room for more jobs than a batch file can name.
constexpr YamlLimits kLimits{.bytes = std::size_t{16} << 20U, .values = 500'000};

/// What follows from the jobs, and is compared with them.
struct AsSplit {
  DocumentNode write(const BatchManifest& manifest) const { return {manifest.split()}; }
  void read(const YamlNode& node, const YamlReader& reader, BatchManifest& /*manifest*/) const {
    reader.text(node);
  }
  DocumentMap schema() const { return AsText{}.schema(); }
};

constexpr auto kJob = [](auto& field, auto& job) {
  field("name", job.name, AsText{}, "The job's name.");
  field("shard", job.shard, AsWhole{1, kMostShards}, "That it belongs to.");
  field("state", job.state, AsWord{kJobStates}, "Whether its result is here.");
};

constexpr auto kHasName = [](const YamlNode& node, const YamlReader& reader,
                             const ManifestJob& job) {
  if (is_job_name(job.name)) return;
  reader.fail(reader.at(node, "name"), excerpt(job.name) + " is no job's name");
};

constexpr auto kManifest = [](auto& field, auto& manifest) {
  field.constant("apiVersion", "capmin/v1", "Version of the format.");
  field.constant("kind", "BatchResults", "Kind of the document.");
  field("capmin", manifest.version, AsText{}, "Version of capmin.");
  field.maybe("file", manifest.file, AsText{}, "The batch file's name.");
  field("batch", manifest.batch, AsText{}, "SHA-256 of the batch file.");
  field("rules", manifest.rules, AsText{}, "SHA-256 of the rules.");
  field("shards", manifest.shards, AsWhole{1, kMostShards}, "Number of parts.");
  field("held", manifest.held, AsList{AsWhole{1, kMostShards}, "A part.", Layout::kBlock},
        "The parts that were run here, in order.");
  field("split", manifest, AsSplit{}, "A hash of which job belongs to which part.");
  field("jobs", manifest.jobs,
        AsList{object<ManifestJob>(kJob, Layout::kBlock, kHasName), "A job.", Layout::kBlock},
        "All of the batch, in the order of the file.");
};

constexpr auto kAgrees = [](const YamlNode& node, const YamlReader& reader,
                            const BatchManifest& manifest) {
  const YamlNode& held = reader.at(node, "held");
  for (std::size_t i = 0; i < manifest.held.size(); ++i) {
    if (manifest.held[i] > manifest.shards) reader.fail(held.items[i], "there is no such shard");
    if (i > 0 && manifest.held[i - 1] >= manifest.held[i]) {
      reader.fail(held.items[i], "the shards are not in order");
    }
  }
  const YamlNode& jobs = reader.at(node, "jobs");
  std::set<std::string> names;
  for (std::size_t i = 0; i < manifest.jobs.size(); ++i) {
    const ManifestJob& job = manifest.jobs[i];
    if (job.shard > manifest.shards) reader.fail(jobs.items[i], "there is no such shard");
    if (job.state != JobState::kLeft && !manifest.holds(job.shard)) {
      reader.fail(jobs.items[i], "the job " + job.name + " was run, but its shard was not");
    }
    if (!names.insert(job.name).second) {
      reader.fail(jobs.items[i], "the name " + job.name + " stands twice");
    }
  }
  const YamlNode& split = reader.at(node, "split");
  if (split.text != manifest.split()) reader.fail(split, "this is not the split of these jobs");
};

constexpr auto kDocument = object<BatchManifest>(kManifest, Layout::kBlock, kAgrees);

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
  return kDocument.map(manifest);
}

BatchManifest manifest_from_json(std::string_view text, std::string_view source) {
  BatchManifest manifest;
  kDocument.read(parse_strict_yaml(text, source, kLimits), YamlReader(source), manifest);
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
