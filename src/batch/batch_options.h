#pragma once

#include "batch/batch_record.h"
#include "batch/shard.h"
#include "run/options.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace capmin {

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

}  // namespace capmin
