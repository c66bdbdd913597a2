#include "profile/profile_yaml.h"

#include "profile/document.h"
#include "text/quote.h"
#include "yaml/strict_yaml.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace capmin {
namespace {

/// The capability that a text names; Error kUsage at any spelling but capmin's own.
Capability capability_of(const YamlNode& node, const YamlReader& read) {
  const std::string name = read.text(node);
  const std::optional<Capability> capability = capability_named(name);
  // Only the spelling that capmin writes: one capability has one name in a profile.
  if (!capability || name_of(*capability) != name) {
    read.fail(node, "unknown capability " + excerpt(name),
              capability ? "write " + std::string(name_of(*capability))
                         : "capability names are upper case, without CAP_: NET_BIND_SERVICE");
  }
  return *capability;
}

/// The same for a list of names, each of them once.
CapabilitySet set_of(const YamlNode& node, const YamlReader& read) {
  CapabilitySet set;
  for (const YamlNode& item : read.items(node)) {
    const Capability capability = capability_of(item, read);
    if (set.contains(capability)) {
      read.fail(item, std::string(name_of(capability)) + " stands here twice");
    }
    set = set.with(capability);
  }
  return set;
}

constexpr int kMost = std::numeric_limits<int>::max();

CheckResult result_of(const YamlNode& node, const YamlReader& read) {
  static const std::array<std::string_view, 3> results{
      name_of(CheckResult::kGranted), name_of(CheckResult::kSoft), name_of(CheckResult::kHard)};
  const std::string result = read.word(node, results);
  return result == results[0]   ? CheckResult::kGranted
         : result == results[1] ? CheckResult::kSoft
                                : CheckResult::kHard;
}

/// Of a map that may have other keys, too.
Profile::Check check_in(const YamlNode& node, const YamlReader& read) {
  return {read.text_or_empty(node, "call"), read.text(read.at(node, "process")),
          result_of(read.at(node, "result"), read)};
}

Profile::Check check_of(const YamlNode& node, const YamlReader& read) {
  return check_in(read.map(node, {"call", "process", "result"}), read);
}

Profile::Count count_of(const YamlNode& node, const YamlReader& read) {
  read.map(node, {"name", "trial", "call", "process", "result", "count"});
  return {capability_of(read.at(node, "name"), read),
          read.whole_number(read.at(node, "trial"), 0, kMost), check_in(node, read),
          read.whole_number(read.at(node, "count"), 1, kMost)};
}

Profile::Unneeded unneeded_of(const YamlNode& node, const YamlReader& read) {
  read.map(node, {"name", "call", "process", "count", "result"});
  const YamlNode* const result = read.find(node, "result");
  return {capability_of(read.at(node, "name"), read), read.text_or_empty(node, "call"),
          read.text(read.at(node, "process")), read.whole_number(read.at(node, "count"), 1, kMost),
          result == nullptr ? std::nullopt : std::optional(result_of(*result, read))};
}

constexpr int kMostConfirm = 10;         ///< of --confirm
constexpr std::size_t kMostDigits = 14;  ///< of a span of time: 365 days of hours in milliseconds
constexpr std::array<std::string_view, 3> kRisks{"low", "medium", "high"};

template <typename Convert>
auto list_of(const YamlNode& node, const YamlReader& read, Convert convert) {
  std::vector<decltype(convert(node, read))> result;
  for (const YamlNode& item : read.items(node)) {
    result.push_back(convert(item, read));
  }
  return result;
}

/// True for the versions that come after capmin/v1: v2, v10, v1.1, but not v1alpha1.
bool is_newer(std::string_view version) {
  constexpr std::string_view kPrefix = "capmin/v";
  if (!version.starts_with(kPrefix)) return false;
  version.remove_prefix(kPrefix.size());
  int number = 0;
  const auto [rest, error] =
      std::from_chars(version.data(), version.data() + version.size(), number);
  if (error != std::errc{}) return error == std::errc::result_out_of_range;
  const bool has_minor = rest != version.data() + version.size() && *rest == '.';
  return number > 1 || (number == 1 && has_minor);
}

void check_version(const YamlNode& document, const YamlReader& read) {
  if (document.kind != YamlNode::Kind::kMap) read.fail(document, "this is no capmin profile");
  const YamlNode& version = read.at(document, "apiVersion");
  const std::string name = read.text(version);
  if (name != "capmin/v1") {
    if (!name.starts_with("capmin/")) read.fail(version, "this is no capmin profile");
    read.fail(version, "the profile has version " + shown(name) + ", this capmin reads capmin/v1",
              is_newer(name) ? "update capmin: a newer one wrote this profile"
                             : "write the profile again: capmin run IMAGE --probe FILE -o PROFILE");
  }
  const YamlNode& kind = read.at(document, "kind");
  if (read.text(kind) != "CapabilityProfile") {
    read.fail(kind, "the kind of a profile is CapabilityProfile, not " + excerpt(kind.text));
  }
}

Profile::Image image_of(const YamlNode& node, const YamlReader& read) {
  read.map(node, {"reference", "digest", "id", "platform", "user"});
  return {read.text(read.at(node, "reference")), read.text_or_empty(node, "digest"),
          read.text(read.at(node, "id")), read.text(read.at(node, "platform")),
          read.text(read.at(node, "user"))};
}

Profile::Conditional conditional_of(const YamlNode& node, const YamlReader& read) {
  read.map(node, {"name", "when"});
  return {capability_of(read.at(node, "name"), read), read.text(read.at(node, "when"))};
}

Profile::Attempt attempt_of(const YamlNode& node, const YamlReader& read) {
  Profile::Attempt attempt;
  attempt.trial = read.whole_number(read.at(node, "trial"), 0, kMost);
  attempt.grant = set_of(read.at(node, "grant"), read);
  attempt.times = read.whole_number(read.at(node, "times"), 1, kMost);
  if (const YamlNode* const status = read.find(node, "exit")) {
    attempt.exit = read.whole_number(*status, 0, 255);
  }
  attempt.ending = read.text_or_empty(node, "ending");
  return attempt;
}

Profile::Attempt passed_of(const YamlNode& node, const YamlReader& read) {
  return attempt_of(read.map(node, {"trial", "grant", "times", "exit", "ending"}), read);
}

Profile::Attempt failed_of(const YamlNode& node, const YamlReader& read) {
  read.map(node, {"trial", "grant", "without", "times", "exit", "ending"});
  Profile::Attempt attempt = attempt_of(node, read);
  if (const YamlNode* const without = read.find(node, "without")) {
    attempt.without = capability_of(*without, read);
    if (attempt.grant.contains(*attempt.without)) {
      read.fail(*without, "the grant holds " + std::string(name_of(*attempt.without)) +
                              " although it was left out");
    }
  }
  return attempt;
}

/// The list at `key`; empty where the profile is silent about it.
template <typename Convert>
auto list_at(const YamlNode& map, const YamlReader& read, std::string_view key, Convert convert) {
  const YamlNode* const node = read.find(map, key);
  return node == nullptr ? decltype(list_of(map, read, convert)){} : list_of(*node, read, convert);
}

Profile::Reason reason_of(const YamlNode& node, const YamlReader& read) {
  read.map(node, {"name", "risk", "rule", "line", "advice", "checks"});
  // The risk is for people and other tools; capmin's own table is what counts.
  read.word(read.at(node, "risk"), kRisks);
  return {capability_of(read.at(node, "name"), read), read.text_or_empty(node, "rule"),
          read.text_or_empty(node, "line"), read.text_or_empty(node, "advice"),
          list_at(node, read, "checks", check_of)};
}

Profile::Probe probe_of(const YamlNode& node, const YamlReader& read) {
  read.map(node, {"kind", "path", "sha256", "scenario"});
  return {read.word(read.at(node, "kind"), probe_kinds()), read.text_or_empty(node, "path"),
          read.text_or_empty(node, "sha256"), read.texts(read.at(node, "scenario"))};
}

Profile::Reset reset_of(const YamlNode& node, const YamlReader& read) {
  read.map(node, {"path", "sha256"});
  const YamlNode& path = read.at(node, "path");
  Profile::Reset reset{read.text(path), read.text(read.at(node, "sha256"))};
  if (reset.path.empty()) read.fail(path, "a reset without a path");
  return reset;
}

std::map<std::string, std::string> sysctls_of(const YamlNode& node, const YamlReader& read) {
  std::map<std::string, std::string> sysctls;
  for (const auto& [key, position, value] : read.entries(node)) {
    sysctls.emplace(key, read.text(value));
  }
  return sysctls;
}

Profile::Environment environment_of(const YamlNode& node, const YamlReader& read) {
  constexpr std::array<std::string_view, 2> kEngines{"docker", "podman"};
  constexpr std::array<std::string_view, 2> kPorts{"portable", "engine"};
  read.map(node, {"engine", "version", "runtime", "kernel", "seccomp", "rootless", "userns_remap",
                  "network", "ports", "sysctls", "options", "command", "altered"});
  const YamlNode* const altered = read.find(node, "altered");
  const YamlNode* const remap = read.find(node, "userns_remap");
  return {read.word(read.at(node, "engine"), kEngines),
          read.text(read.at(node, "version")),
          read.text(read.at(node, "runtime")),
          read.text(read.at(node, "kernel")),
          read.text(read.at(node, "seccomp")),
          read.truth(read.at(node, "rootless")),
          read.text(read.at(node, "network")),
          read.word(read.at(node, "ports"), kPorts),
          sysctls_of(read.at(node, "sysctls"), read),
          read.texts(read.at(node, "options")),
          read.texts(read.at(node, "command")),
          altered == nullptr ? std::vector<std::string>{} : read.texts(*altered),
          remap == nullptr ? std::optional<bool>() : read.truth(*remap)};
}

/// A span of time as capmin writes it, "1500ms"; empty where the key is missing.
std::string duration_of(const YamlNode& map, const YamlReader& read, std::string_view key) {
  const YamlNode* const node = read.find(map, key);
  if (node == nullptr) return {};
  std::string text = read.text(*node);
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view unit = std::string_view(text).substr(digits);
  if (digits == 0 || digits > kMostDigits || (unit != "ms" && unit != "s")) {
    read.fail(*node, excerpt(text) + " is not a span of time", "write for instance 30s or 1500ms");
  }
  return text;
}

Profile::Judgement judgement_of(const YamlNode& node, const YamlReader& read) {
  read.map(node, {"ceiling", "level", "confirm", "strict", "timeout", "settle"});
  return {set_of(read.at(node, "ceiling"), read),
          read.word(read.at(node, "level"), levels()),
          read.whole_number(read.at(node, "confirm"), 1, kMostConfirm),
          read.truth(read.at(node, "strict")),
          duration_of(node, read, "timeout"),
          duration_of(node, read, "settle")};
}

Profile::Step step_of(const YamlNode& node, const YamlReader& read) {
  static const std::array<std::string_view, 3> verdicts{
      name_of(Verdict::kPassed), name_of(Verdict::kFailed), name_of(Verdict::kUndecided)};
  read.map(node, {"trial", "purpose", "grant", "verdict", "times"});
  const std::string verdict = read.word(read.at(node, "verdict"), verdicts);
  return {read.whole_number(read.at(node, "trial"), 0, kMost),
          read.word(read.at(node, "purpose"), purposes()), set_of(read.at(node, "grant"), read),
          verdict == verdicts[0]   ? Verdict::kPassed
          : verdict == verdicts[1] ? Verdict::kFailed
                                   : Verdict::kUndecided,
          read.whole_number(read.at(node, "times"), 1, kMost)};
}

Profile::Run run_of(const YamlNode& node, const YamlReader& read) {
  read.map(node, {"capmin", "at", "trials", "floor", "seconds", "deadline", "checks", "unneeded"});
  return {read.text(read.at(node, "capmin")),
          read.text(read.at(node, "at")),
          read.whole_number(read.at(node, "trials"), 0, kMost),
          read.whole_number(read.at(node, "floor"), 0, kMost),
          read.seconds(read.at(node, "seconds")),
          read.seconds(read.at(node, "deadline")),
          list_at(node, read, "checks", count_of),
          list_at(node, read, "unneeded", unneeded_of)};
}

void read_capabilities(const YamlNode& node, const YamlReader& read, Profile& profile) {
  read.map(node, {"drop", "add", "conditional"});
  const YamlNode& drop = read.at(node, "drop");
  if (read.texts(drop) != std::vector<std::string>{"ALL"}) {
    read.fail(drop, "a profile drops [\"ALL\"]");
  }
  profile.add = set_of(read.at(node, "add"), read);
  profile.conditional = list_of(read.at(node, "conditional"), read, conditional_of);
}

void read_proof(const YamlNode& node, const YamlReader& read, Profile& profile) {
  read.map(node, {"guarantee", "passed", "failed", "assumption", "essential", "cuts",
                  "alternatives", "other"});
  profile.guarantee = read.word(read.at(node, "guarantee"), guarantees());
  profile.passed = list_of(read.at(node, "passed"), read, passed_of);
  profile.failed = list_of(read.at(node, "failed"), read, failed_of);
  profile.assumption = read.text_or_empty(node, "assumption");
  profile.essential = list_of(read.at(node, "essential"), read, failed_of);
  profile.cuts = list_of(read.at(node, "cuts"), read, failed_of);
  profile.alternatives = list_of(read.at(node, "alternatives"), read, passed_of);
  if (const YamlNode* const other = read.find(node, "other")) {
    profile.other_pass = passed_of(*other, read);
  }
}

}  // namespace

Profile profile_from_yaml(std::string_view text, std::string_view source) {
  const YamlNode document = parse_strict_yaml(text, source);
  const YamlReader read(source);
  check_version(document, read);
  read.map(document, {"apiVersion", "kind", "image", "capabilities", "proof", "reasons", "warnings",
                      "probe", "reset", "environment", "judgement", "search", "run"});
  Profile profile;
  profile.image = image_of(read.at(document, "image"), read);
  read_capabilities(read.at(document, "capabilities"), read, profile);
  read_proof(read.at(document, "proof"), read, profile);
  profile.reasons = list_of(read.at(document, "reasons"), read, reason_of);
  profile.warnings = read.texts(read.at(document, "warnings"));
  profile.probe = probe_of(read.at(document, "probe"), read);
  if (const YamlNode* const reset = read.find(document, "reset")) {
    profile.reset = reset_of(*reset, read);
  }
  profile.environment = environment_of(read.at(document, "environment"), read);
  if (const YamlNode* const judgement = read.find(document, "judgement")) {
    profile.judgement = judgement_of(*judgement, read);
  }
  profile.search = list_at(document, read, "search", step_of);
  profile.run = run_of(read.at(document, "run"), read);
  return profile;
}

std::string to_yaml(const Profile& profile) {
  return "# yaml-language-server: $schema=profile.schema.json\n" + emit_yaml(document_of(profile));
}

std::string to_json(const Profile& profile) {
  return emit_json(document_of(profile));
}

std::string in_format_of(std::string_view old_text, const Profile& profile) {
  const bool is_json = old_text.find_first_not_of(" \t\r\n") == old_text.find('{');
  return is_json ? to_json(profile) : to_yaml(profile);
}

}  // namespace capmin
