#include "profile/profile_yaml.h"

#include "hostile_text.h"
#include "profile_sample.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>

namespace capmin {
namespace {

std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(std::filesystem::path(CAPMIN_TEST_DATA) / path, std::ios::binary);
  REQUIRE_MESSAGE(file, "cannot open ", path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string golden(const char* name) {
  return file_text(std::filesystem::path("golden") / name);
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a profile has the same bytes in YAML every time") {
  CHECK(to_yaml(sample_profile()) == golden("profile.yaml"));
}

TEST_CASE("a profile has the same bytes in JSON every time") {
  CHECK(to_json(sample_profile()) == golden("profile.json"));
}

/// Every hostile text in every kind of field.
Profile hostile_profile() {
  Profile profile = sample_profile();
  profile.warnings = hostile_texts();
  profile.environment.options = hostile_texts();
  for (const std::string& text : hostile_texts()) {
    profile.environment.sysctls[text] = text;
    profile.reasons.push_back(
        {Capability::kChown, text, text, text, {{text, text, CheckResult::kHard}}});
    profile.run.checks.push_back({Capability::kChown, 1, {text, text, CheckResult::kHard}, 1});
    profile.run.unneeded.push_back({Capability::kKill, text, text, 1, CheckResult::kSoft});
    profile.failed.push_back({11, {}, {}, 1, {}, text});
    profile.conditional.push_back({Capability::kNetRaw, text});
  }
  return profile;
}

TEST_CASE("hostile text in every field is read back as it was") {
  const Profile expected = in_order(hostile_profile());
  CHECK(profile_from_yaml(to_yaml(expected), "p.yaml") == expected);
  CHECK(profile_from_yaml(to_json(expected), "p.json") == expected);
}

TEST_CASE("hostile text has the same bytes every time, too") {
  // What tests/cli gives to other parsers, and the fuzzers begin with.
  const std::string seed = file_text("fuzz/corpus/profile/hostile.yaml");
  CHECK(to_yaml(profile_from_yaml(seed, "hostile.yaml")) == seed);
}

TEST_CASE("the schema in profiles/ is made of the fields") {
  const std::string made = profile_schema();
  if (file_text("../profiles/profile.schema.json") == made) return;
  const auto path = std::filesystem::temp_directory_path() / "profile.schema.json";
  std::ofstream(path, std::ios::binary) << made;
  FAIL("the fields have changed, the schema has not; it is in ", path.string());
}

TEST_CASE("a profile tells of what was put back before each trial, and reads it back") {
  Profile profile = sample_profile();
  CHECK_FALSE(contains(to_yaml(profile), "reset"));
  profile.reset = {"./empty \"db\".sh", "e3b0"};
  const std::string yaml = to_yaml(profile);
  CHECK(contains(yaml, "\nreset:\n  path: \"./empty \\\"db\\\".sh\"\n  sha256: \"e3b0\"\n"));
  CHECK(profile_from_yaml(yaml, "p.yaml").reset == profile.reset);
}

TEST_CASE("the order in which facts were found does not show") {
  Profile shuffled = sample_profile();
  std::swap(shuffled.reasons.front(), shuffled.reasons.back());
  std::swap(shuffled.failed.front(), shuffled.failed.back());
  std::swap(shuffled.warnings.front(), shuffled.warnings.back());
  CHECK(to_yaml(shuffled) == to_yaml(sample_profile()));
}

TEST_CASE("an empty profile still has every section") {
  const std::string yaml = to_yaml(Profile{});
  CHECK(contains(yaml, "  drop: [\"ALL\"]\n  add: []\n  conditional: []\n"));
  CHECK(contains(yaml,
                 "  passed: []\n  failed: []\n  essential: []\n  cuts: []\n  alternatives: "
                 "[]\nreasons: []\nwarnings: []\n"));
}

TEST_CASE("an empty minimal set is written as an empty grant") {
  Profile profile;
  profile.passed = {{1, {}, {}, 1, {}, {}}};
  CHECK(contains(to_yaml(profile), "    - {trial: 1, grant: [], times: 1}\n"));
}

TEST_CASE("hostile text never begins a line that a CI system executes") {
  Profile profile = sample_profile();
  profile.image.reference = "\n::error::x\n##vso[x]";
  profile.warnings = {"::error::x", "##[error]x", "a\r::set-output name=x::y"};
  profile.environment.sysctls = {{"::error::x", "\n::error::x"}, {"##vso[x]", "##vso[x]"}};
  for (const std::string& text : {to_yaml(profile), to_json(profile)}) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const std::size_t start = line.find_first_not_of(" -");
      CHECK_FALSE(line.substr(std::min(start, line.size())).starts_with("::"));
    }
    CHECK_FALSE(contains(text, "##"));
    CHECK_FALSE(contains(text, "\r"));
  }
}

TEST_CASE("a document is printable ASCII but for astral characters in JSON") {
  const std::string yaml = to_yaml(sample_profile());
  CHECK(std::ranges::all_of(yaml, [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
  CHECK(contains(yaml, R"(\U0001F433 caf\u00E9)"));
  CHECK(contains(to_json(sample_profile()), "\xf0\x9f\x90\xb3 caf\\u00E9"));
}

TEST_CASE("seconds have one decimal, whatever was measured") {
  Profile profile;
  const auto seconds = [&profile](double value) {
    profile.run.seconds = value;
    const std::string yaml = to_yaml(profile);
    return yaml.substr(yaml.rfind("seconds: "));
  };
  CHECK(seconds(0) == "seconds: 0.0, deadline: 0.0}\n");
  CHECK(seconds(14) == "seconds: 14.0, deadline: 0.0}\n");
  CHECK(seconds(14.249) == "seconds: 14.2, deadline: 0.0}\n");
  CHECK(seconds(-0.01) == "seconds: 0.0, deadline: 0.0}\n");
  CHECK(seconds(-0.0) == "seconds: 0.0, deadline: 0.0}\n");
  CHECK(seconds(std::numeric_limits<double>::quiet_NaN()) == "seconds: 0.0, deadline: 0.0}\n");
  CHECK(seconds(std::numeric_limits<double>::infinity()) == "seconds: 0.0, deadline: 0.0}\n");
}

TEST_CASE("a key that YAML could take for something else is quoted") {
  Profile profile;
  profile.environment.sysctls = {{"yes", "1"}, {"a: b", "2"}, {"plain", "3"}};
  CHECK(contains(to_yaml(profile), R"(sysctls: {"a: b": "2", plain: "3", "yes": "1"})"));
}

}  // namespace
}  // namespace capmin
