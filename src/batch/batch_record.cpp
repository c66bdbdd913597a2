#include "batch/batch_record.h"

#include "text/quote.h"
#include "yaml/strict_yaml.h"

#include <algorithm>
#include <array>

namespace capmin {
namespace {

constexpr std::array<std::string_view, 2> kModes{"minimize", "verify"};

DocumentNode texts(const std::vector<std::string>& lines) {
  DocumentList list;
  for (const std::string& line : lines) {
    list.items.push_back({line});
  }
  return {std::move(list)};
}

CapabilitySet set_of(const YamlNode& node, const YamlReader& read) {
  CapabilitySet set;
  for (const YamlNode& item : read.items(node)) {
    const auto capability = capability_named(read.text(item));
    if (!capability) read.fail(item, "unknown capability " + excerpt(item.text));
    set = set.with(*capability);
  }
  return set;
}

ProfileStatus status_of(const YamlNode& node, const YamlReader& read) {
  const std::string word = read.text(node);
  const auto* const found =
      std::ranges::find(kProfileStatuses, word, [](ProfileStatus each) { return name_of(each); });
  if (found == kProfileStatuses.end()) read.fail(node, "unknown status " + excerpt(word));
  return *found;
}

/// Whether a job of this status can have this exit status, see verify_help(); a budget may end
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

}  // namespace

DocumentMap document_of(const JobRecord& record) {
  DocumentList set;
  for (const std::string_view name : record.set.names()) {
    set.items.push_back({std::string(name)});
  }
  DocumentMap run;
  run.set("at", {record.at});
  run.set("seconds", {Seconds{record.seconds}});
  DocumentMap map;
  map.set("name", {record.name});
  map.set("mode", {record.mode});
  map.set("image", {record.image});
  map.set("profile", {record.profile});
  map.set("status", {std::string(name_of(record.status))});
  map.set("exit", {record.exit});
  map.set("text", {record.text});
  map.set("details", texts(record.details));
  map.set("hint", {record.hint});
  map.set("set", {std::move(set)});
  map.set("riskier", {record.riskier});
  map.set("written", {record.written});
  map.set("trials", {record.trials});
  map.set("key", {record.key});
  map.set("profile_sha256", {record.profile_sha256});
  map.set("run", {std::move(run)});
  return map;
}

JobRecord record_from_json(std::string_view text, std::string_view source) {
  const YamlNode document = parse_strict_yaml(text, source);
  const YamlReader read(source);
  read.map(document,
           {"name", "mode", "image", "profile", "status", "exit", "text", "details", "hint", "set",
            "riskier", "written", "trials", "key", "profile_sha256", "run"});
  const YamlNode& run = read.map(read.at(document, "run"), {"at", "seconds"});
  JobRecord record;
  record.name = read.text(read.at(document, "name"));
  record.mode = read.word(read.at(document, "mode"), kModes);
  record.image = read.text(read.at(document, "image"));
  record.profile = read.text(read.at(document, "profile"));
  record.status = status_of(read.at(document, "status"), read);
  record.exit = read.whole_number(read.at(document, "exit"), 0, 255);
  if (!is_exit_of(record.status, record.exit)) {
    read.fail(
        read.at(document, "exit"),
        "no job with the status " + std::string(name_of(record.status)) + " has this exit status");
  }
  record.text = read.text(read.at(document, "text"));
  record.details = read.texts(read.at(document, "details"));
  record.hint = read.text(read.at(document, "hint"));
  record.set = set_of(read.at(document, "set"), read);
  record.riskier = read.truth(read.at(document, "riskier"));
  record.written = read.text(read.at(document, "written"));
  record.trials = read.whole_number(read.at(document, "trials"), 0, 1'000'000);
  record.key = read.text(read.at(document, "key"));
  record.profile_sha256 = read.text(read.at(document, "profile_sha256"));
  record.at = read.text(read.at(run, "at"));
  record.seconds = read.seconds(read.at(run, "seconds"));
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
