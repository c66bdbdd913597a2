#include "core/error.h"
#include "document/document.h"
#include "hostile_text.h"
#include "profile/profile_yaml.h"
#include "profile_sample.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

struct Refusal {
  std::string what;
  std::string hint;
};

Refusal refusal(const std::string& text) {
  try {
    profile_from_yaml(text, "p.yaml");
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::kUsage);
    return {error.what(), error.hint()};
  }
  return {"accepted", ""};
}

/// The sample as YAML with the first `old` replaced.
std::string sample_with(const std::string& old, const std::string& replacement) {
  std::string yaml = to_yaml(sample_profile());
  const std::size_t at = yaml.find(old);
  REQUIRE_MESSAGE(at != std::string::npos, "the sample has no ", old);
  return yaml.replace(at, old.size(), replacement);
}

std::string error_with(const std::string& old, const std::string& replacement) {
  return refusal(sample_with(old, replacement)).what;
}

TEST_CASE("a profile reads back as it was written") {
  const Profile sample = in_order(sample_profile());
  CHECK(profile_from_yaml(to_yaml(sample), "p.yaml") == sample);
  CHECK(profile_from_yaml(to_json(sample), "p.json") == sample);
}

TEST_CASE("a profile written by hand may leave out quotes that YAML does not need") {
  const Profile read = profile_from_yaml(sample_with("name: \"CHOWN\"", "name: CHOWN"), "p.yaml");
  CHECK(read == in_order(sample_profile()));
}

TEST_CASE("a profile of before the judgement was written down reads back without one") {
  Profile old = in_order(sample_profile());
  old.judgement.reset();
  old.environment.altered.clear();
  old.environment.userns_remap.reset();
  const std::string yaml = to_yaml(old);
  CHECK(yaml.find("judgement") == std::string::npos);
  CHECK(yaml.find("altered") == std::string::npos);
  CHECK(yaml.find("userns_remap") == std::string::npos);
  CHECK(profile_from_yaml(yaml, "p.yaml") == old);
}

TEST_CASE("a profile of a run that did not watch the kernel tells of no checks") {
  Profile silent = in_order(sample_profile());
  for (Profile::Reason& reason : silent.reasons) {
    reason.checks.clear();
  }
  silent.run.checks.clear();
  silent.run.unneeded.clear();
  const std::string yaml = to_yaml(silent);
  CHECK(yaml.find("checks") == std::string::npos);
  CHECK(yaml.find("unneeded") == std::string::npos);
  CHECK(profile_from_yaml(yaml, "p.yaml") == silent);
}

TEST_CASE("what the kernel was asked is read strictly") {
  const auto tells = [](const char* old, const char* replacement, const char* part) {
    CAPTURE(replacement);
    CHECK(error_with(old, replacement).find(part) != std::string::npos);
  };
  tells("{call: \"chown\",", "{x: 1, call: \"chown\",", "unknown key \"x\"");
  tells("{call: \"chown\", process: \"nginx\",", "{call: \"chown\",",
        "the key \"process\" is missing");
  tells("result: \"denied-hard\"", "result: \"denied\"", "unknown word \"denied\"");
  tells("checks: [{name: \"CHOWN\", trial: 10,", "checks: [{name: \"CHWON\", trial: 10,",
        "unknown capability \"CHWON\"");
  tells("count: 1}", "count: 0}", "from 1 to");
  tells("unneeded: [{", "unneeded: [{x: 1, ", "unknown key \"x\"");
  tells("count: 3, result:", "count: \"3\", result:", "expected a whole number");
}

TEST_CASE("how trials were judged is read strictly") {
  CHECK(error_with("judgement: {", "judgement: {x: 1, ") == "p.yaml:69:13: unknown key \"x\"");
  CHECK(error_with("timeout: \"20s\"", "timeout: \"soon\"") ==
        "p.yaml:69:240: \"soon\" is not a span of time");
  CHECK(error_with("timeout: \"20s\"", "timeout: \"1h\"").find("not a span") != std::string::npos);
  CHECK(error_with("confirm: 2", "confirm: 11").find("from 1 to 10") != std::string::npos);
  CHECK(error_with("level: \"unique\"", "level: \"incomplete\"").find("unknown word") !=
        std::string::npos);
}

TEST_CASE("unknown keys are errors in every section") {
  CHECK(error_with("kind:", "x: 1\nkind:") == "p.yaml:3:1: unknown key \"x\"");
  CHECK(error_with("{reference:", "{x: 1, reference:") == "p.yaml:4:9: unknown key \"x\"");
  CHECK(error_with("  drop:", "  x: 1\n  drop:") == "p.yaml:6:3: unknown key \"x\"");
  CHECK(error_with("- {name:", "- {x: 1, name:") == "p.yaml:9:8: unknown key \"x\"");
  CHECK(error_with("  guarantee:", "  x: 1\n  guarantee:") == "p.yaml:11:3: unknown key \"x\"");
  CHECK(error_with("{trial: 6,", "{trial: 6, without: \"KILL\",") ==
        "p.yaml:13:18: unknown key \"without\"");
  CHECK(error_with("{trial: 7,", "{x: 1, trial: 7,") == "p.yaml:15:8: unknown key \"x\"");
  CHECK(error_with("    risk:", "    x: 1\n    risk:") == "p.yaml:29:5: unknown key \"x\"");
  CHECK(error_with("probe: {", "probe: {x: 1, ") == "p.yaml:54:9: unknown key \"x\"");
  CHECK(error_with("  engine:", "  x: 1\n  engine:") == "p.yaml:56:3: unknown key \"x\"");
  CHECK(error_with("{trial: 0,", "{x: 1, trial: 0,") == "p.yaml:71:6: unknown key \"x\"");
  CHECK(error_with("run: {", "run: {x: 1, ") == "p.yaml:87:7: unknown key \"x\"");
}

TEST_CASE("the hint for an unknown key lists the known ones") {
  CHECK(refusal(sample_with("  drop:", "  dorp:")).hint ==
        "did you mean drop? the keys here are drop, add, conditional");
}

TEST_CASE("missing keys are errors at the map that lacks them") {
  CHECK(error_with("kind: CapabilityProfile\n", "") == "p.yaml:2:1: the key \"kind\" is missing");
  CHECK(error_with(", user: \"0:0\"", "") == "p.yaml:4:8: the key \"user\" is missing");
  CHECK(error_with("  drop: [\"ALL\"]\n", "") == "p.yaml:6:3: the key \"drop\" is missing");
  CHECK(error_with("    risk: \"medium\"\n", "") == "p.yaml:28:5: the key \"risk\" is missing");
  CHECK(error_with(", trials: 11", "") == "p.yaml:87:6: the key \"trials\" is missing");
}

TEST_CASE("duplicate keys, anchors, aliases and tags are errors") {
  CHECK(error_with("warnings:", "reasons: []\nwarnings:") ==
        "p.yaml:51:1: the key \"reasons\" stands here twice");
  CHECK(error_with("user: \"0:0\"", "user: &u \"0:0\"") == "p.yaml:4:227: anchors are not allowed");
  CHECK(error_with("rule: \"chown-eperm\"", "rule: !!str \"chown-eperm\"") ==
        "p.yaml:30:11: tags are not allowed");
}

TEST_CASE("wrong types are errors at the value") {
  CHECK(error_with("trial: 6", "trial: \"6\"") ==
        "p.yaml:13:15: expected a whole number from 0 to 2147483647, found the text \"6\"");
  CHECK(error_with("trial: 6", "trial: 6.0") ==
        "p.yaml:13:15: expected a whole number from 0 to 2147483647, found 6.0");
  CHECK(error_with("trial: 6", "trial: 0x6") ==
        "p.yaml:13:15: expected a whole number from 0 to 2147483647, found 0x6");
  CHECK(error_with("exit: 1", "exit: 256") ==
        "p.yaml:15:97: expected a whole number from 0 to 255, found 256");
  CHECK(error_with("times: 2", "times: 0") ==
        "p.yaml:13:79: expected a whole number from 1 to 2147483647, found 0");
  CHECK(error_with("rootless: false", "rootless: no") ==
        "p.yaml:61:13: expected true or false, found no");
  CHECK(error_with("rootless: false", "rootless: \"false\"") ==
        "p.yaml:61:13: expected true or false, found the text \"false\"");
  CHECK(error_with("seconds: 14.2", "seconds: .inf") ==
        "p.yaml:87:83: expected a number of seconds such as 14.2, found .inf");
  CHECK(error_with("seconds: 14.2", "seconds: -1") ==
        "p.yaml:87:83: expected a number of seconds such as 14.2, found -1");
  CHECK(error_with("version: \"20.10.24\"", "version: 20.10") ==
        "p.yaml:57:12: expected text, found 20.10");
  CHECK(error_with("version: \"20.10.24\"", "version:") ==
        "p.yaml:57:3: expected text, found nothing");
  CHECK(error_with("add: [\"CHOWN\", \"DAC_OVERRIDE\", \"SETGID\", \"SETUID\"]",
                   "add: \"CHOWN\"") == "p.yaml:7:8: expected a list, found the text \"CHOWN\"");
  CHECK(error_with("probe: {", "probe: []\nprobe_: {") == "p.yaml:55:1: unknown key \"probe_\"");
  CHECK(refusal("[]").what == "p.yaml:1:1: this is no capmin profile");
}

TEST_CASE("a text that YAML takes for another type should be quoted") {
  CHECK(refusal(sample_with("version: \"20.10.24\"", "version: 20.10")).hint ==
        "put texts in double quotes");
}

TEST_CASE("capability names are spelled as capmin writes them, once in a set") {
  CHECK(error_with("add: [\"CHOWN\"", "add: [\"CHWON\"") ==
        "p.yaml:7:9: unknown capability \"CHWON\"");
  const Refusal spelled = refusal(sample_with("add: [\"CHOWN\"", "add: [\"cap_chown\""));
  CHECK(spelled.what == "p.yaml:7:9: unknown capability \"cap_chown\"");
  CHECK(spelled.hint == "write CHOWN");
  CHECK(error_with("\"DAC_OVERRIDE\"", "\"CHOWN\"") == "p.yaml:7:18: CHOWN stands here twice");
  CHECK(error_with("without: \"SETUID\"", "without: \"CHOWN\"") ==
        "p.yaml:15:71: the grant holds CHOWN although it was left out");
}

TEST_CASE("a profile need not tell its whole search") {
  Profile silent = in_order(sample_profile());
  silent.search.clear();
  CHECK(to_yaml(silent).find("search:") == std::string::npos);
  CHECK(profile_from_yaml(to_yaml(silent), "p.yaml") == silent);
}

TEST_CASE("fixed words are checked") {
  CHECK(error_with("drop: [\"ALL\"]", "drop: []") == "p.yaml:6:9: a profile drops [\"ALL\"]");
  CHECK(error_with("guarantee: \"unique\"", "guarantee: \"certain\"") ==
        "p.yaml:11:14: unknown word \"certain\"");
  CHECK(error_with("risk: \"medium\"", "risk: \"none\"") == "p.yaml:29:11: unknown word \"none\"");
  CHECK(error_with("kind: \"file\"", "kind: \"tcp\"") == "p.yaml:54:15: unknown word \"tcp\"");
  CHECK(error_with("engine: \"docker\"", "engine: \"lxc\"") ==
        "p.yaml:56:11: unknown word \"lxc\"");
  CHECK(error_with("ports: \"portable\"", "ports: \"low\"") ==
        "p.yaml:64:10: unknown word \"low\"");
  CHECK(error_with("purpose: \"baseline\"", "purpose: \"fun\"") ==
        "p.yaml:71:25: unknown word \"fun\"");
  CHECK(error_with("verdict: \"undecided\"", "verdict: \"maybe\"") ==
        "p.yaml:75:98: unknown word \"maybe\"");
  CHECK(error_with("kind: CapabilityProfile", "kind: Batch") ==
        "p.yaml:3:7: the kind of a profile is CapabilityProfile, not \"Batch\"");
}

TEST_CASE("another version says what to do") {
  const auto version = [](const char* name) { return refusal(sample_with("capmin/v1", name)); };
  CHECK(version("capmin/v2").what ==
        "p.yaml:2:13: the profile has version capmin/v2, this capmin reads capmin/v1");
  for (const char* const newer :
       {"capmin/v2", "capmin/v10", "capmin/v1.1", "capmin/v99999999999"}) {
    CAPTURE(newer);
    CHECK(version(newer).hint == "update capmin: a newer one wrote this profile");
  }
  for (const char* const older : {"capmin/v0", "capmin/v1alpha1", "capmin/0.9"}) {
    CAPTURE(older);
    CHECK(version(older).hint ==
          "write the profile again: capmin run IMAGE --probe FILE -o PROFILE");
  }
  CHECK(version("apps/v1").what == "p.yaml:2:13: this is no capmin profile");
  CHECK(refusal("a: 1").what == "p.yaml:1:1: the key \"apiVersion\" is missing");
}

TEST_CASE("a newer version is named before its unknown keys") {
  CHECK(refusal("apiVersion: capmin/v2\nnovelty: 1\n").what.find("version") != std::string::npos);
}

rc::Gen<CapabilitySet> some_set() {
  constexpr std::uint64_t kAll = (std::uint64_t{1} << kCapabilityCount) - 1;
  return rc::gen::map(rc::gen::arbitrary<std::uint64_t>(),
                      [](std::uint64_t bits) { return CapabilitySet::from_bits(bits & kAll); });
}

Capability some_capability() {
  return all_capabilities().at(*rc::gen::inRange<std::size_t>(0, kCapabilityCount)).capability;
}

std::vector<std::string> some_texts() {
  return *rc::gen::container<std::vector<std::string>>(hostile_text());
}

template <typename Table>
auto some_value(const Table& table) {
  return table.at(*rc::gen::inRange<std::size_t>(0, table.size())).value;
}

double some_seconds() {
  return *rc::gen::inRange(0, 1'000'000) / 10.0;
}

std::vector<Profile::Attempt> some_attempts(bool failed) {
  std::vector<Profile::Attempt> attempts(*rc::gen::inRange<std::size_t>(0, 4));
  for (Profile::Attempt& attempt : attempts) {
    attempt = {*rc::gen::inRange(0, 1000), *some_set(), {},
               *rc::gen::inRange(1, 9),    {},          *hostile_text()};
    if (failed && *rc::gen::arbitrary<bool>()) {
      attempt.without = some_capability();
      attempt.grant = attempt.grant.without(*attempt.without);
    }
    if (*rc::gen::arbitrary<bool>()) attempt.exit = *rc::gen::inRange(0, 256);
  }
  return attempts;
}

std::vector<Profile::Check> some_checks() {
  std::vector<Profile::Check> checks(*rc::gen::inRange<std::size_t>(0, 4));
  for (Profile::Check& check : checks) {
    check = {*hostile_text(), *hostile_text(), some_value(kCheckResults)};
  }
  return checks;
}

/// A profile with arbitrary facts and hostile text in every field that may hold text.
Profile some_profile() {
  const auto text = [] { return *hostile_text(); };
  Profile profile;
  profile.image = {text(), text(), text(), text(), text()};
  profile.add = *some_set();
  profile.conditional = {{some_capability(), text()}, {some_capability(), text()}};
  profile.guarantee = some_value(kGuarantees);
  profile.passed = some_attempts(false);
  profile.failed = some_attempts(true);
  profile.alternatives = some_attempts(false);
  if (*rc::gen::arbitrary<bool>())
    profile.other_pass = Profile::Attempt{1, *some_set(), {}, 2, 0, text()};
  profile.reasons = {{some_capability(), text(), text(), text(), some_checks()},
                     {some_capability(), text(), text(), text(), some_checks()}};
  profile.warnings = some_texts();
  profile.probe = {some_value(kProbeKinds), text(), text(), some_texts()};
  profile.environment = {some_value(kDialects),
                         text(),
                         text(),
                         text(),
                         text(),
                         *rc::gen::arbitrary<bool>(),
                         text(),
                         some_value(kPorts),
                         {{text(), text()}, {text(), text()}},
                         some_texts(),
                         some_texts(),
                         some_texts()};
  if (*rc::gen::arbitrary<bool>()) {
    profile.judgement = {*some_set(),
                         some_value(kLevels),
                         *rc::gen::inRange(1, 11),
                         *rc::gen::arbitrary<bool>(),
                         *rc::gen::element<std::string>("", "1500ms"),
                         *rc::gen::element<std::string>("", "20s")};
  }
  for (int number = *rc::gen::inRange(0, 4); number > 0; --number) {
    profile.search.push_back({number, some_value(kPurposes), *some_set(), some_value(kVerdicts),
                              *rc::gen::inRange(1, 9)});
  }
  profile.run = {text(),
                 text(),
                 *rc::gen::inRange(0, 1000),
                 *rc::gen::inRange(0, 42),
                 some_seconds(),
                 some_seconds(),
                 {},
                 {}};
  for (const Profile::Check& check : some_checks()) {
    profile.run.checks.push_back(
        {some_capability(), *rc::gen::inRange(0, 1000), check, *rc::gen::inRange(1, 1000)});
    profile.run.unneeded.push_back({some_capability(), check.call, check.process,
                                    *rc::gen::inRange(1, 1000),
                                    *rc::gen::element<std::optional<CheckResult>>(
                                        std::nullopt, CheckResult::kSoft, CheckResult::kHard)});
  }
  return profile;
}

TEST_CASE("every profile reads back equal from YAML and from JSON, whatever its texts hold") {
  CHECK(rc::check([] {
    const Profile profile = in_order(some_profile());
    RC_ASSERT(profile_from_yaml(to_yaml(profile), "p.yaml") == profile);
    RC_ASSERT(profile_from_yaml(to_json(profile), "p.json") == profile);
  }));
}

TEST_CASE("no cut of a profile is taken for a profile") {
  const std::string yaml = to_yaml(sample_profile());
  for (std::size_t size = 0; size + 1 < yaml.size(); ++size) {
    CAPTURE(size);
    CHECK(refusal(yaml.substr(0, size)).what != "accepted");
  }
}

}  // namespace
}  // namespace capmin
