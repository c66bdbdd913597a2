#include "batch/batch_record.h"

#include "expect_error.h"

#include <doctest/doctest.h>

#include <string>

namespace capmin {
namespace {

JobRecord record_with(ProfileStatus status, int exit = 0) {
  JobRecord record;
  record.name = "web";
  record.status = status;
  record.exit = exit;
  record.key = "k";
  record.profile_sha256 = "p";
  return record;
}

TEST_CASE("a record is read back as it was written") {
  JobRecord record = record_with(ProfileStatus::kOkNewImage);
  record.mode = JobMode::kVerify;
  record.image = "app:1";
  record.profile = "web.yaml";
  record.text = "works \"so\" \\ ## ::error::";
  record.details = {"changed image.id: a -> b", ""};
  record.hint = "none";
  record.set = CapabilitySet({Capability::kChown, Capability::kSetuid});
  record.riskier = true;
  record.written = "web.yaml.new";
  record.trials = 3;
  record.at = "2026-11-23T02:14:09Z";
  record.seconds = 1.5;
  const std::string text = emit_json(document_of(record));
  const JobRecord again = record_from_json(text, "web.json");
  CHECK(again.status == record.status);
  CHECK(again.text == record.text);
  CHECK(again.details == record.details);
  CHECK(again.set == record.set);
  CHECK(emit_json(document_of(again)) == text);
}

TEST_CASE("what is no record is refused") {
  for (const char* const text : {"", "{", "{}", "[]", "{\"name\": \"web\"}"}) {
    CAPTURE(text);
    CHECK(code_of([&text] { record_from_json(text, "web.json"); }) == ExitCode::kUsage);
  }
  std::string text = emit_json(document_of(record_with(ProfileStatus::kOk)));
  text.replace(text.find("\"ok\""), 4, "\"fine\"");
  CHECK(code_of([&text] { record_from_json(text, "web.json"); }) == ExitCode::kUsage);
}

TEST_CASE("a result stays while neither its key nor its profile changed") {
  for (const ProfileStatus status :
       {ProfileStatus::kOk, ProfileStatus::kOkNewImage, ProfileStatus::kNew, ProfileStatus::kBroken,
        ProfileStatus::kLoose, ProfileStatus::kStale}) {
    CHECK(is_unchanged(record_with(status), "k", "p"));
    CHECK_FALSE(is_unchanged(record_with(status), "other", "p"));
    CHECK_FALSE(is_unchanged(record_with(status), "k", "other"));
  }
}

TEST_CASE("what is no result is never unchanged") {
  CHECK_FALSE(is_unchanged(record_with(ProfileStatus::kError), "k", "p"));
  CHECK_FALSE(is_unchanged(record_with(ProfileStatus::kUnstable), "k", "p"));
  JobRecord unknown = record_with(ProfileStatus::kOk);
  unknown.key.clear();
  CHECK_FALSE(is_unchanged(unknown, "", "p"));
}

TEST_CASE("drift counts where it was asked for, a broken profile always") {
  CHECK(exit_of(record_with(ProfileStatus::kOk), {}) == 0);
  CHECK(exit_of(record_with(ProfileStatus::kNew), {.loose = true, .stale = true}) == 0);
  CHECK(exit_of(record_with(ProfileStatus::kLoose, 1), {}) == 0);
  CHECK(exit_of(record_with(ProfileStatus::kLoose, 1), {.loose = true, .stale = false}) == 1);
  CHECK(exit_of(record_with(ProfileStatus::kStale, 1), {.loose = true, .stale = false}) == 0);
  CHECK(exit_of(record_with(ProfileStatus::kStale, 1), {.loose = false, .stale = true}) == 1);
  CHECK(exit_of(record_with(ProfileStatus::kBroken, 1), {}) == 1);
  CHECK(exit_of(record_with(ProfileStatus::kUnstable, 4), {}) == 4);
  CHECK(exit_of(record_with(ProfileStatus::kError, 6), {}) == 6);
}

TEST_CASE("a riskier set counts, whatever the status") {
  JobRecord record = record_with(ProfileStatus::kOkNewImage);
  record.riskier = true;
  CHECK(exit_of(record, {}) == 1);
}

}  // namespace
}  // namespace capmin
