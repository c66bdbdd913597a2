#include "batch/batch_sarif.h"

#include "report/sarif_document.h"

namespace capmin {
namespace {

SarifRule rule_of(const JobRecord& record) {
  if (record.riskier) {
    return {"The set has become riskier",
            "The set that was found anew reaches more than that of the profile."};
  }
  switch (record.status) {
    case ProfileStatus::kBroken:
      return {"The set fails", "The probe fails with the set of the profile."};
    case ProfileStatus::kLoose:
      return {"A smaller set works", "A member of the set is not needed, or not everywhere."};
    case ProfileStatus::kStale:
      return {"The proof is of something else",
              "Probe, user, platform, options or the class of the engine changed."};
    case ProfileStatus::kUnstable:
      return {"The probe contradicts itself", "The same set passed and failed."};
    case ProfileStatus::kError:
      return {"The job could not be done", "Nothing is known of the profile."};
    case ProfileStatus::kNew:
      return {"A profile is new", "A profile was found where there was none."};
    case ProfileStatus::kOk:
    case ProfileStatus::kOkNewImage:
      break;
  }
  return {"The set works", "The set of the profile passes its probe."};
}

bool is_told(const JobRecord& record, const FailOn& fail_on) {
  switch (record.status) {
    case ProfileStatus::kOk:
    case ProfileStatus::kOkNewImage:
      return exit_of(record, fail_on) != 0;
    case ProfileStatus::kBroken:
    case ProfileStatus::kLoose:
    case ProfileStatus::kUnstable:
    case ProfileStatus::kStale:
    case ProfileStatus::kError:
    case ProfileStatus::kNew:
      break;
  }
  return true;
}

std::string_view level_of(const JobRecord& record, const FailOn& fail_on) {
  if (exit_of(record, fail_on) != 0) return "error";
  return record.status == ProfileStatus::kNew ? "note" : "warning";
}

}  // namespace

std::string to_sarif(const BatchResult& result, const FailOn& fail_on,
                     const std::filesystem::path& batch_file) {
  SarifDocument document;
  for (const JobRun& run : result.jobs) {
    const JobRecord& record = run.record;
    if (!is_told(record, fail_on)) continue;
    std::string text = record.name + ": " + record.text;
    if (!record.hint.empty()) text += " (" + record.hint + ')';
    const std::string status(name_of(record.status));
    const std::filesystem::path path =
        record.profile_sha256.empty() ? batch_file : batch_file.parent_path() / record.profile;
    document.add({.rule = record.riskier ? "riskier" : status,
                  .level = level_of(record, fail_on),
                  .text = text,
                  .path = path.lexically_normal().string(),
                  .line = 1,
                  .fingerprint = record.name + '#' + status},
                 rule_of(record));
  }
  return document.json();
}

}  // namespace capmin
