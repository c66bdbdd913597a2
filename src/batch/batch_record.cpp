#include "batch/batch_record.h"

#include "document/fields.h"

#include <algorithm>
#include <array>

namespace capmin {
namespace {

/// Whether a job of this status can have this exit status, see capmin help verify; a budget may end
/// each.
bool is_exit_of(ProfileStatus status, int exit) {
  if (exit == static_cast<int>(ExitCode::kBudget)) return true;
  switch (status) {
    case ProfileStatus::kOk:
    case ProfileStatus::kOkNewImage:
    case ProfileStatus::kNew:
      return exit == static_cast<int>(ExitCode::kDone);
    case ProfileStatus::kBroken:
    case ProfileStatus::kLoose:
    case ProfileStatus::kStale:
      return exit == static_cast<int>(ExitCode::kDifference);
    case ProfileStatus::kUnstable:
      return exit == static_cast<int>(ExitCode::kUnstable);
    case ProfileStatus::kError:
      return exit > static_cast<int>(ExitCode::kDifference);
  }
  return false;
}

constexpr auto kRun = [](auto& field, auto& record) {
  field("at", record.at, AsText{}, "When it ended, RFC 3339, UTC.");
  field("seconds", record.seconds, AsSeconds{}, "What it took.");
};

constexpr auto kRecord = [](auto& field, auto& record) {
  field("name", record.name, AsText{}, "The job's name.");
  field("mode", record.mode, AsWord{kJobModes}, "What was done.");
  field("image", record.image, AsText{}, "As the batch or the profile names it.");
  field("profile", record.profile, AsText{}, "Its path.");
  field("status", record.status, AsWord{kProfileStatuses}, "What became of the profile.");
  field("exit", record.exit, AsWhole{0, 255}, "Exit status of capmin verify for that.");
  field("text", record.text, AsText{}, "The same in one sentence.");
  field("details", record.details, AsList{AsText{}, "A line.", Layout::kBlock},
        "What changed, and what was seen.");
  field("hint", record.hint, AsText{}, "What to do; may be empty.");
  field("set", record.set, AsCapabilities{Layout::kBlock}, "That was tried, or found.");
  field("riskier", record.riskier, AsTruth{}, "Whether what was found anew reaches more.");
  field("written", record.written, AsText{}, "Where a profile went; may be empty.");
  field("trials", record.trials, AsWhole{0, 1'000'000}, "Containers that were started.");
  field("key", record.key, AsText{}, "A hash of all that the result depends on.");
  field("profile_sha256", record.profile_sha256, AsText{}, "Of the profile at the end.");
  field("run", record, object<JobRecord>(kRun, Layout::kBlock), "When, and how long.");
};

constexpr auto kFits = [](const YamlNode& node, const YamlReader& reader, const JobRecord& record) {
  if (is_exit_of(record.status, record.exit)) return;
  reader.fail(
      reader.at(node, "exit"),
      "no job with the status " + std::string(name_of(record.status)) + " has this exit status");
};

constexpr auto kDocument = object<JobRecord>(kRecord, Layout::kBlock, kFits);

}  // namespace

DocumentMap document_of(const JobRecord& record) {
  return kDocument.map(record);
}

JobRecord record_from_json(std::string_view text, std::string_view source) {
  JobRecord record;
  kDocument.read(parse_strict_yaml(text, source), YamlReader(source), record);
  return record;
}

bool is_result(const JobRecord& record) {
  return record.status != ProfileStatus::kError && record.status != ProfileStatus::kUnstable &&
         record.exit != static_cast<int>(ExitCode::kBudget);
}

bool is_unchanged(const JobRecord& record, std::string_view key, std::string_view profile_sha256) {
  return is_result(record) && !key.empty() && record.key == key &&
         record.profile_sha256 == profile_sha256;
}

int exit_of(const JobRecord& record, const FailOn& fail_on) {
  const int difference = static_cast<int>(ExitCode::kDifference);
  if (record.riskier) return std::max(difference, record.exit);
  switch (record.status) {
    case ProfileStatus::kOk:
    case ProfileStatus::kOkNewImage:
    case ProfileStatus::kNew:
      return static_cast<int>(ExitCode::kDone);
    case ProfileStatus::kLoose:
      return fail_on.loose ? difference : 0;
    case ProfileStatus::kStale:
      return fail_on.stale ? difference : 0;
    case ProfileStatus::kBroken:
    case ProfileStatus::kUnstable:
    case ProfileStatus::kError:
      return record.exit;
  }
  return static_cast<int>(ExitCode::kInternal);
}

}  // namespace capmin
