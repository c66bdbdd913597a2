#pragma once

#include "core/enum_words.h"
#include "document/strict_yaml.h"
#include "options/run_options.h"
#include "options/verify_options.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace capmin {

/// What a job asks for.
enum class JobMode {
  kMinimize,  ///< a search
  kVerify,    ///< a verification of what the profile says
};

/// The words for modes.
inline constexpr auto kJobModes = std::to_array<EnumWord<JobMode>>({
    {JobMode::kMinimize, "minimize"},
    {JobMode::kVerify, "verify"},
});

/// The word for a mode.
constexpr std::string_view name_of(JobMode mode) {
  return word_of(kJobModes, mode);
}

/// A service of a Compose file that a search is about.
struct JobService {
  std::string file;     ///< of Compose
  std::string service;  ///< its name there
  /// The options of the search, as words of a command line, without the probe's.
  std::vector<std::string> search;
};

/// One image of a batch. Paths are as the file has them: from its directory.
struct BatchJob {
  std::string name;     ///< letters, digits, '.', '_' and '-', beginning with a letter or a digit
  std::string profile;  ///< its path
  /// Of the search, or of the verification.
  std::variant<RunOptions, VerifyOptions> options;
  /// What takes the place of the image of a search; its RunOptions then say only what else the job
  /// does.
  std::optional<JobService> service;
  YamlPosition position;  ///< in the file

  JobMode mode() const { return is_verify() ? JobMode::kVerify : JobMode::kMinimize; }
  bool is_verify() const { return std::holds_alternative<VerifyOptions>(options); }
  /// The path of the probe's file; empty where the probe is no file, or the profile's.
  std::string probe() const;
  /// The path of its --reset; empty without, or where the profile has it.
  const std::string& reset() const;
  /// How many of its trials it asks to run side by side.
  int trials_at_once() const;
};

/// Whether `text` may be the name of a job; such a name is a file's name as well.
bool is_job_name(std::string_view text);

/// Reads the jobs of a batch file, one at least, with their defaults. A key of a job is an option
/// of `capmin run` (mode minimize) or `capmin verify` (mode verify) without its dashes. Throws
/// Error kUsage, with line and column, for everything that is not understood, for names that stand
/// twice and for two searches that write the same profile.
std::vector<BatchJob> read_batch(std::string_view text, std::string_view source);

}  // namespace capmin
