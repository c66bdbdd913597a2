#pragma once

#include "batch/batch_file.h"
#include "core/capability.h"
#include "core/error.h"
#include "document/document.h"
#include "options/batch_options.h"
#include "run/verification.h"

#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// What became of one job of a batch, as it is kept from night to night. Texts are sanitized.
struct JobRecord {
  std::string name;
  JobMode mode = JobMode::kMinimize;
  std::string image;  ///< as the batch or the profile names it; empty if neither could be read
  std::string profile;
  ProfileStatus status = ProfileStatus::kError;
  int exit = 0;                      ///< that of `capmin verify` for this status
  std::string text;                  ///< in one sentence
  std::vector<std::string> details;  ///< what changed, and what was seen
  std::string hint;                  ///< may be empty
  CapabilitySet set;                 ///< that was tried, or found where there was none
  bool riskier = false;              ///< the set that was found anew reaches more
  std::string written;               ///< where a profile went; empty where none did
  int trials = 0;                    ///< containers that were started
  /// A hash of all that the result depends on, but for the profile; empty where it is not known.
  std::string key;
  std::string profile_sha256;  ///< of the profile when the job ended; empty without one
  std::string at;              ///< when it ended, RFC 3339, UTC
  double seconds = 0;
};

/// The record as a document.
DocumentMap document_of(const JobRecord& record);

/// Reads what emit_json wrote of that. Throws Error kUsage for everything else.
JobRecord record_from_json(std::string_view text, std::string_view source);

/// Whether a job came to a result: trials that contradict each other, and what could not be tried
/// to its end, are none.
bool is_result(const JobRecord& record);

/// Whether the result of a job is that of `record` still, for the same facts.
bool is_unchanged(const JobRecord& record, std::string_view key, std::string_view profile_sha256);

/// Whether a job or a batch that ended with this status may go better on another machine or later:
/// 5 to 8, which tell of the machine. What 1 to 4 tell of the image and the probe stays.
constexpr bool may_go_better_elsewhere(int exit) {
  return exit >= static_cast<int>(ExitCode::kEngine) && exit <= static_cast<int>(ExitCode::kOutput);
}

/// The exit status of a batch of this job alone: 0; 1 for a profile that is broken, whose successor
/// is riskier, or that `fail_on` names; otherwise what kept the job from its end.
int exit_of(const JobRecord& record, const FailOn& fail_on);

}  // namespace capmin
