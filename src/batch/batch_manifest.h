#pragma once

#include "core/enum_words.h"
#include "document/document.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// Whether a directory of results has the result of a job.
enum class JobState {
  kLeft,     ///< not run, or another shard's
  kRun,      ///< run
  kSkipped,  ///< unchanged since its record
};

/// The words for states.
inline constexpr auto kJobStates = std::to_array<EnumWord<JobState>>({
    {JobState::kLeft, "left"},
    {JobState::kRun, "run"},
    {JobState::kSkipped, "skipped"},
});

/// Its word in a manifest.
constexpr std::string_view name_of(JobState state) {
  return word_of(kJobStates, state);
}

struct ManifestJob {
  std::string name;
  int shard = 1;  ///< that it belongs to
  JobState state = JobState::kLeft;
};

/// What a directory of results is of: which batch, in how many shards, and which of them. Written
/// when a batch starts, and again when it ends: so the jobs of one that was killed are left.
struct BatchManifest {
  std::string version;    ///< of capmin
  std::string file = {};  ///< the batch file's name; empty in manifests that do not say
  std::string batch;      ///< the SHA-256 of the batch file
  std::string rules;      ///< the SHA-256 of the rules
  int shards = 1;
  std::vector<int> held;          ///< the shards that were run here, in order
  std::vector<ManifestJob> jobs;  ///< all of the batch, in the order of the file

  /// A hash of which job belongs to which shard.
  std::string split() const;
  bool holds(int shard) const;
};

/// The manifest as a document.
DocumentMap document_of(const BatchManifest& manifest);

/// Reads what emit_json wrote of that. Throws Error kUsage for everything else, for names that are
/// no job's, and for a manifest that contradicts itself.
BatchManifest manifest_from_json(std::string_view text, std::string_view source);

/// How `other` is of another batch than `manifest`, or differently split, in words that stand
/// behind the names of both; empty where they go together.
std::string mismatch(const BatchManifest& manifest, const BatchManifest& other);

}  // namespace capmin
