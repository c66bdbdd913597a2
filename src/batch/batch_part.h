#pragma once

#include "batch/batch_format.h"
#include "batch/batch_manifest.h"
#include "batch/batch_results.h"
#include "options/batch_options.h"

#include <string>
#include <string_view>
#include <vector>

namespace capmin {

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
