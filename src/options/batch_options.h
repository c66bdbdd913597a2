#pragma once

#include "core/enum_words.h"
#include "options/shared_options.h"

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace capmin {

/// One of `count` parts of a batch, counted from 1.
struct Shard {
  int index = 1;
  int count = 1;
  friend bool operator==(const Shard&, const Shard&) = default;
};

/// The most parts of a batch.
constexpr int kMostShards = 10'000;

/// The shard that `text`, I/N, names; throws Error kUsage where it is none.
Shard parse_shard(const std::string& text);

/// What may count as a failure of a batch although the profile works.
struct FailOn {
  bool loose = false;
  bool stale = false;
};

/// What `capmin batch` was asked to do.
struct BatchOptions {
  enum class Format { kText, kJson, kMarkdown, kJunit, kSarif, kGithub };
  std::string file;
  std::optional<Shard> shard;     ///< which part of the jobs; nothing leaves it to the environment
  std::string times;              ///< a file, or a directory of results, with times; may be empty
  std::vector<std::string> only;  ///< names of jobs; empty stands for all
  std::string results;            ///< a directory; empty: FILE.results
  int jobs = 1;                   ///< so many side by side
  bool force = false;             ///< run what did not change, too
  FailOn fail_on;
  std::optional<std::chrono::milliseconds> deadline;  ///< of the whole batch
  /// What running jobs get to end after a signal.
  std::chrono::milliseconds grace{5'000};
  std::string rules;  ///< a rule file; empty without
  Format format = Format::kText;
  Verbosity verbosity = Verbosity::kNormal;
  Color color = Color::kAuto;
};

/// The words for formats, in the order of the help text.
inline constexpr auto kBatchFormats = std::to_array<EnumWord<BatchOptions::Format>>({
    {BatchOptions::Format::kText, "text"},
    {BatchOptions::Format::kJson, "json"},
    {BatchOptions::Format::kMarkdown, "markdown"},
    {BatchOptions::Format::kJunit, "junit"},
    {BatchOptions::Format::kSarif, "sarif"},
    {BatchOptions::Format::kGithub, "github"},
});

/// What `capmin merge` was asked to do.
struct MergeOptions {
  std::vector<std::string> directories;  ///< of results, one at least
  std::string results;                   ///< a directory for the joined results; empty without
  std::string directory;                 ///< of the batch file, from here; empty stands for here
  FailOn fail_on;
  BatchOptions::Format format = BatchOptions::Format::kText;
};

/// The options of the two commands, bound to `options`.
OptionTable table_of(BatchOptions& options);
OptionTable table_of(MergeOptions& options);

/// Read the arguments behind `capmin batch` and `capmin merge`. Throw Error kUsage, with what to
/// write instead, for everything that is not understood.
BatchOptions parse_batch_options(const std::vector<std::string>& arguments);
MergeOptions parse_merge_options(const std::vector<std::string>& arguments);

}  // namespace capmin
