#include "profile/profile_yaml.h"

#include "document/fields.h"
#include "text/quote.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace capmin {
namespace {

constexpr std::string_view kVersion = "capmin/v1";
constexpr std::string_view kKind = "CapabilityProfile";

/// Always ALL: the set is what is added afterwards.
struct AsDropAll {
  DocumentNode write(CapabilitySet /*add*/) const {
    return AsList<AsText>{}.write(std::vector<std::string>{"ALL"});
  }
  void read(const YamlNode& node, const YamlReader& reader, CapabilitySet& /*add*/) const {
    if (reader.texts(node) != std::vector<std::string>{"ALL"}) {
      reader.fail(node, "a profile drops [\"ALL\"]");
    }
  }
  DocumentMap schema() const {
    DocumentMap schema;
    schema.set("const", write({}));
    return schema;
  }
};

/// The risk of a capability is for people and other tools; capmin's own table is what counts.
struct AsRiskOf {
  DocumentNode write(Capability name) const { return {std::string(name_of(info(name).risk))}; }
  void read(const YamlNode& node, const YamlReader& reader, Capability& /*name*/) const {
    Risk risk{};
    AsWord{kRisks}.read(node, reader, risk);
  }
  DocumentMap schema() const { return AsWord{kRisks}.schema(); }
};

/// A span of time as capmin writes it: "1500ms".
struct AsSpan {
  DocumentNode write(const std::string& value) const { return {value}; }
  void read(const YamlNode& node, const YamlReader& reader, std::string& text) const {
    constexpr std::size_t kMostDigits = 14;  // 365 days of hours in milliseconds
    text = reader.text(node);
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const std::string_view unit = std::string_view(text).substr(digits);
    if (digits == 0 || digits > kMostDigits || (unit != "ms" && unit != "s")) {
      reader.fail(node, excerpt(text) + " is not a span of time",
                  "write for instance 30s or 1500ms");
    }
  }
  DocumentMap schema() const {
    DocumentMap schema = AsText{}.schema();
    schema.set("pattern", {std::string("^[0-9]{1,14}(ms|s)$")});
    return schema;
  }
};

constexpr AsWord kResult{kCheckResults, "result"};

constexpr auto kImage = [](auto& field, auto& image) {
  field("reference", image.reference, AsText{}, "The image as the user wrote it.");
  field.maybe("digest", image.digest, AsText{},
              "Digest in the registry; absent for an image that never was in one.");
  field("id", image.id, AsText{}, "Id of the image in the engine.");
  field("platform", image.platform, AsText{},
        "Operating system and architecture, such as linux/amd64.");
  field("user", image.user, AsText{},
        "The user that the image or the options name; empty is root.");
};

constexpr auto kConditional = [](auto& field, auto& conditional) {
  field("name", conditional.name, AsCapability{}, "The capability.");
  field("when", conditional.when, AsText{}, "The condition under which it is needed.");
};

constexpr auto kCapabilities = [](auto& field, auto& profile) {
  field("drop", profile.add, AsDropAll{}, "Always ALL: the set is what is added afterwards.");
  field("add", profile.add, AsCapabilities{}, "The capabilities that the image needs.");
  field("conditional", profile.conditional,
        AsList{object<Profile::Conditional>(kConditional), "One such capability.", Layout::kBlock},
        "Capabilities that are needed only where a condition holds.");
};

constexpr auto kEnd = [](auto& field, auto& attempt) {
  field("times", attempt.times, AsWhole{1}, "How many completed trials with this grant agreed.");
  field.maybe("exit", attempt.exit, AsWhole{0, 255},
              "Exit status of the container, where it ended by itself.");
  field.maybe("ending", attempt.ending, AsText{}, "How the trial ended, in words.");
};

constexpr auto kPassed = [](auto& field, auto& attempt) {
  field("trial", attempt.trial, AsWhole{}, "Number of the first such trial of the run.");
  field("grant", attempt.grant, AsCapabilities{}, "What was added after dropping ALL.");
  kEnd(field, attempt);
};

constexpr auto kFailed = [](auto& field, auto& attempt) {
  field("trial", attempt.trial, AsWhole{}, "Number of the first such trial of the run.");
  field("grant", attempt.grant, AsCapabilities{}, "What was added after dropping ALL.");
  field.maybe("without", attempt.without, AsCapability{},
              "The member of the set that was left out.");
  kEnd(field, attempt);
};

constexpr auto kLacksIt = [](const YamlNode& node, const YamlReader& reader,
                             const Profile::Attempt& attempt) {
  if (!attempt.without || !attempt.grant.contains(*attempt.without)) return;
  reader.fail(
      reader.at(node, "without"),
      "the grant holds " + std::string(name_of(*attempt.without)) + " although it was left out");
};

constexpr auto kPass = object<Profile::Attempt>(kPassed);
constexpr AsList kPasses{kPass, "Trials with one grant.", Layout::kBlock};
constexpr AsList kFailures{object<Profile::Attempt>(kFailed, Layout::kFlow, kLacksIt),
                           "Trials with one grant.", Layout::kBlock};

constexpr auto kProof = [](auto& field, auto& profile) {
  field("guarantee", profile.guarantee, AsWord{kGuarantees},
        "What is promised: incomplete (the set passes, the budget cut its proof short), "
        "one-minimal (without any one member the probe fails), unique (no other minimal set "
        "exists), least-risk (no less risky minimal set exists), all-minimal (every other minimal "
        "set is among the alternatives).");
  field("passed", profile.passed, kPasses, "Trials of the set that passed.");
  field("failed", profile.failed, kFailures, "Trials without a member that failed.");
  field.maybe("assumption", profile.assumption, AsText{},
              "What the guarantee takes for granted beyond what was observed; absent where it "
              "rests on trials alone.");
  field("essential", profile.essential, kFailures,
        "Trials of the whole ceiling without one member of the set, all failed: every working set "
        "holds these members, if the assumption holds.");
  field("cuts", profile.cuts, kFailures,
        "Failed trials of large grants: every working set holds something that each of them lacks, "
        "if the assumption holds.");
  field("alternatives", profile.alternatives, kPasses,
        "Other minimal sets: of each the trials in which it passed; the least risky first.");
  field.maybe(
      "other", profile.other_pass, kPass,
      "Where no alternative is given: a trial that passed without a member of the set; another "
      "minimal set lies inside its grant, if the assumption of the other levels holds.");
};

constexpr auto kCheck = [](auto& field, auto& check) {
  field.maybe("call", check.call, AsText{"call"}, "The system call; absent outside of any.");
  field("process", check.process, AsText{"process"}, "The name of the process.");
  field("result", check.result, kResult,
        "What became of the check: granted, denied-soft (denied, but the system call did not fail "
        "for that) or denied-hard (denied, and the system call failed with EPERM or EACCES).");
};

constexpr auto kReason = [](auto& field, auto& reason) {
  field("name", reason.name, AsCapability{}, "The capability.");
  field("risk", reason.name, AsRiskOf{},
        "What it reaches in the wrong hands: low (the container's own files and processes), medium "
        "(root inside the container, or part of the isolation), high (root on the host).");
  field.maybe("rule", reason.rule, AsText{},
              "Id of the rule that led to it. Where none matched: kernel or strace, by which the "
              "denied call of the line was seen, or last-line for the last line of the log that no "
              "passing trial printed; absent where there was nothing.");
  field.maybe("line", reason.line, AsText{},
              "What the failing trial printed; absent when it printed nothing to the point.");
  field.maybe("advice", reason.advice, AsText{},
              "How to avoid the need; absent when there is no advice.");
  field.maybe("checks", reason.checks,
              AsList{object<Profile::Check>(kCheck),
                     "Checks for one system call of processes of one name.", Layout::kBlock},
              "What the kernel was asked about the capability: the checks that were denied in the "
              "failing trial without it, or, where there were none, those that were granted in the "
              "baseline; at most three, most telling first. A capset, or a prctl that raises an "
              "ambient capability, is denied where it asks for what the process does not hold. How "
              "often, and in which trial, stands under run, because it differs from run to run. "
              "Absent where the kernel was not watched.");
};

constexpr auto kProbe = [](auto& field, auto& probe) {
  field(
      "kind", probe.kind, AsWord{kProbeKinds},
      "How it is asked: file (a script on the host), command (a line for /bin/sh on the host), "
      "exec (the script inside the container), exec-command (a line for the container's /bin/sh), "
      "network (a request of HTTP, or a TCP connection), healthcheck (the image's own), exit (the "
      "container ends with status 0), oneshot (a script or a line on the host after the container "
      "has ended).");
  field.maybe("path", probe.path, AsText{},
              "The script as the user wrote it; absent where there is none.");
  field.maybe("sha256", probe.sha256, AsText{},
              "SHA-256 of the script in hexadecimal digits; absent where there is none.");
  field.maybe("check", probe.check, AsText{},
              "What is asked: an address (http://:8080/healthz, tcp://:5432), or the line that a "
              "shell runs; absent where a script or the image says so.");
  field.maybe("expect", probe.expect, AsText{},
              "What the body of an HTTP reply must hold; absent where any will do.");
  field.maybe("expect_status", probe.expect_status, AsWhole{.least = 0, .most = 599},
              "The status that an HTTP reply must have; absent: 200 to 299.");
  field.maybe("insecure", probe.insecure, AsTruth{},
              "Whether the certificate of an https address was not looked at; absent: it was.");
  field("scenario", probe.scenario, AsList{AsText{}, "A phase, such as start or restart."},
        "The phases that were probed, in order.");
};

constexpr auto kReset = [](auto& field, auto& reset) {
  field("path", reset.path, AsText{.is_filled = true}, "The program as the user wrote it.");
  field("sha256", reset.sha256, AsText{}, "SHA-256 of the program's file in hexadecimal digits.");
};

constexpr auto kStack = [](auto& field, auto& stack) {
  field("files", stack.files, AsList{AsText{}, "A file."},
        "The Compose files as the user wrote them, in their order.");
  field.maybe("project_directory", stack.project_directory, AsText{},
              "Where relative paths in them begin. Absent: where the first file is.");
  field.maybe("env_file", stack.env_file, AsText{}, "Variables for the files.");
  field.maybe("profiles", stack.profiles, AsList{AsText{}, "A profile."},
              "The profiles of Compose that were enabled.");
  field("service", stack.service, AsText{.is_filled = true},
        "The service that this profile is of.");
  field("companions", stack.companions, AsList{AsText{}, "A service."},
        "The services that were up in its trials, with what the file gives them.");
  field("company", stack.company, AsWord{kCompanyStates},
        "fresh: companions were new for each trial; kept: they stayed up between trials, so that "
        "what one trial left in them could reach the next.");
  field.maybe("keep_volumes", stack.keeps_volumes, AsTruth{},
              "Whether external volumes and writable host directories were used as they are.");
  field("joint", stack.joint, AsWord{kJointProofs},
        "passed: every probe passed when the whole stack was up with the new sets of all services "
        "at once; failed: some probe did not; untried: that was not told.");
  field.maybe("disagrees", stack.disagrees, AsList{AsText{}, "A service."},
              "The services with whose new sets this one does not work together.");
};

constexpr auto kEnvironment = [](auto& field, auto& environment) {
  field("engine", environment.engine, AsWord{kDialects}, "The container engine.");
  field("version", environment.version, AsText{}, "Version of the engine.");
  field("runtime", environment.runtime, AsText{},
        "The runtime beneath the engine, and its version.");
  field("kernel", environment.kernel, AsText{}, "Release of the kernel.");
  field("seccomp", environment.seccomp, AsText{}, "The seccomp filter that was in force.");
  field("rootless", environment.rootless, AsTruth{}, "Whether the engine ran without root.");
  field.maybe(
      "userns_remap", environment.userns_remap, AsTruth{},
      "Whether the engine maps root of its containers to another user of the host (userns-remap). "
      "Absent where the engine does not tell, and in profiles of earlier versions.");
  field("network", environment.network, AsText{}, "The network of the container.");
  field("ports", environment.ports, AsWord{kPorts},
        "Whether ports below 1024 were privileged as on most platforms (portable) or as the engine "
        "has it (engine).");
  field("sysctls", environment.sysctls, AsMap{AsText{}, "The value."},
        "Kernel settings that capmin set inside the container.");
  field("options", environment.options, AsList{AsText{}, "One argument."},
        "The user's run options; names of variables, never values.");
  field("command", environment.command, AsList{AsText{}, "One argument."},
        "The user's command in place of the image's own.");
  field.maybe(
      "altered", environment.altered, AsList{AsText{}, "A name."},
      "What stands here, or as the probe's path, in other words than the user's, because it had to "
      "be cleaned: names of options, command, probe, reset. It cannot be run again from here.");
};

constexpr auto kJudgement = [](auto& field, auto& judgement) {
  field("ceiling", judgement.ceiling, AsCapabilities{}, "The largest grant that trials could use.");
  field("level", judgement.level, AsWord{kLevels}, "The guarantee that was asked for.");
  field("confirm", judgement.confirm, AsWhole{1, 10},
        "Trials that had to agree on each deciding grant.");
  field("strict", judgement.strict, AsTruth{},
        "Whether losses in a trial that passes counted as failure.");
  field.maybe("timeout", judgement.timeout, AsSpan{},
              "A trial's longest wait, where the user set it.");
  field.maybe("settle", judgement.settle, AsSpan{},
              "How long the container had to stay healthy, where the user asked for it.");
};

constexpr auto kStep = [](auto& field, auto& step) {
  field("trial", step.trial, AsWhole{}, "Number of the first such trial of the run.");
  field("purpose", step.purpose, AsWord{kPurposes},
        "What the first one was asked for: baseline (all that trials may grant), search (for a set "
        "that passes), remove (a member left out, in the hope that the rest passes), prove (a "
        "member left out, to see it fail), confirm (repeated), explore (for other sets), condition "
        "(under the engine's own settings for ports and ping).");
  field("grant", step.grant, AsCapabilities{}, "What was added after dropping ALL.");
  field("verdict", step.verdict, AsWord{kVerdicts},
        "How it ended; undecided is evidence for nothing.");
  field("times", step.times, AsWhole{1}, "How many trials that is.");
};

constexpr auto kCount = [](auto& field, auto& count) {
  field("name", count.name, AsCapability{}, "The capability.");
  field("trial", count.trial, AsWhole{}, "Number of the trial in which it was seen.");
  field.maybe("call", count.check.call, AsText{"call"}, "The system call; absent outside of any.");
  field("process", count.check.process, AsText{"process"}, "The name of the process.");
  field("result", count.check.result, kResult,
        "What became of the check: granted, denied-soft (denied, but the system call did not fail "
        "for that) or denied-hard (denied, and the system call failed with EPERM or EACCES).");
  field("count", count.count, AsWhole{1}, "How often, in that trial.");
};

constexpr auto kUnneeded = [](auto& field, auto& unneeded) {
  field("name", unneeded.name, AsCapability{}, "The capability.");
  field.maybe("call", unneeded.call, AsText{"call"}, "The system call; absent outside of any.");
  field("process", unneeded.process, AsText{"process"}, "The name of the process.");
  field("count", unneeded.count, AsWhole{1}, "How often, in the baseline.");
  field.maybe("result", unneeded.result, kResult,
              "What became of the same check in the trial of the set; absent where it was not "
              "asked for again.");
};

constexpr auto kRun = [](auto& field, auto& run) {
  field("capmin", run.capmin, AsText{}, "Version of capmin.");
  field("at", run.at, AsText{}, "End of the run, RFC 3339, UTC.");
  field("trials", run.trials, AsWhole{}, "Containers that were started.");
  field("floor", run.floor, AsWhole{},
        "The fewest that could have proven this set: its members and one.");
  field("seconds", run.seconds, AsSeconds{}, "Length of the run.");
  field("deadline", run.deadline_seconds, AsSeconds{},
        "Seconds after which a trial counted as failed.");
  field.maybe(
      "checks", run.checks, AsList{object<Profile::Count>(kCount), "A check of a reason."},
      "How often each check of the reasons was seen. Absent where the kernel was not watched.");
  field.maybe(
      "unneeded", run.unneeded,
      AsList{object<Profile::Unneeded>(kUnneeded), "A use of one capability."},
      "Used, but not needed: what the baseline was granted of capabilities that are no members, at "
      "most three of each. It shows which drops of privileges and changes of ownership the set "
      "gives up. Absent where there was nothing, or the kernel was not watched.");
};

constexpr auto kProfile = [](auto& field, auto& profile) {
  field.constant("apiVersion", "capmin/v1", "Version of the format.");
  field.constant("kind", "CapabilityProfile", "Kind of the document.");
  field("image", profile.image, object<Profile::Image>(kImage), "The image that was run.");
  field("capabilities", profile, object<Profile>(kCapabilities, Layout::kBlock),
        "The set, in the terms of the engines.");
  field("proof", profile, object<Profile>(kProof, Layout::kBlock),
        "The trials that show that the set passes and that every member is needed.");
  field("reasons", profile.reasons,
        AsList{object<Profile::Reason>(kReason, Layout::kBlock), "The reason for one capability.",
               Layout::kBlock},
        "Why each capability is needed.");
  field("warnings", profile.warnings, AsList{AsText{}, "One warning.", Layout::kBlock},
        "What a reviewer should know besides: new permission errors in a passing trial, "
        "capabilities that cannot take effect for this user, and the like.");
  field("probe", profile.probe, object<Profile::Probe>(kProbe), "The check that decided.");
  field.maybe("reset", profile.reset, object<Profile::Reset>(kReset, Layout::kBlock),
              "The user's program that was run on the host before each trial, to put back what "
              "lies outside of the containers. Absent where there was none.");
  field.maybe("stack", profile.stack, object<Profile::Stack>(kStack, Layout::kBlock),
              "The stack of Compose that the image is a service of. Absent where it was tried "
              "alone.");
  // An entry to a line: this is where two profiles of one image differ, and reviewers read diffs.
  field("environment", profile.environment,
        object<Profile::Environment>(kEnvironment, Layout::kBlock), "Where the proof holds.");
  field.maybe(
      "judgement", profile.judgement, object<Profile::Judgement>(kJudgement),
      "How trials were judged and what was asked for. Profiles of earlier versions lack it.");
  field.maybe("search", profile.search,
              AsList{object<Profile::Step>(kStep), "Trials with one grant.", Layout::kBlock},
              "Every trial of the search that came to an end, for a person to look at; trials with "
              "one grant and verdict are one entry, those of the purpose condition apart. Beside "
              "the proof it proves nothing. Absent where the profile does not tell.");
  field("run", profile.run, object<Profile::Run>(kRun),
        "The run that wrote the profile; the only place that holds times.");
};

constexpr auto kDocument = object<Profile>(kProfile, Layout::kBlock);

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
  if (name != kVersion) {
    if (!name.starts_with("capmin/")) read.fail(version, "this is no capmin profile");
    read.fail(version, "the profile has version " + shown(name) + ", this capmin reads capmin/v1",
              is_newer(name) ? "update capmin: a newer one wrote this profile"
                             : "write the profile again: capmin run IMAGE --probe FILE -o PROFILE");
  }
  const YamlNode& kind = read.at(document, "kind");
  if (read.text(kind) != kKind) {
    read.fail(kind, "the kind of a profile is CapabilityProfile, not " + excerpt(kind.text));
  }
}

template <typename Entry>
bool by_name(const Entry& a, const Entry& b) {
  return name_of(a.name) < name_of(b.name);
}

}  // namespace

Profile in_order(Profile profile) {
  std::ranges::stable_sort(profile.reasons, by_name<Profile::Reason>);
  std::ranges::sort(profile.conditional, {}, [](const Profile::Conditional& conditional) {
    return std::pair(name_of(conditional.name), conditional.when);
  });
  std::ranges::stable_sort(profile.passed, {}, &Profile::Attempt::trial);
  std::ranges::stable_sort(profile.failed, {}, &Profile::Attempt::trial);
  std::ranges::stable_sort(profile.essential, {}, &Profile::Attempt::trial);
  std::ranges::stable_sort(profile.cuts, {}, &Profile::Attempt::trial);
  std::ranges::stable_sort(profile.alternatives, [](const auto& a, const auto& b) {
    return std::is_lt(compare_risk(a.grant, b.grant));
  });
  std::ranges::sort(profile.warnings);
  std::ranges::stable_sort(profile.search, {}, &Profile::Step::trial);
  std::ranges::stable_sort(profile.run.checks, by_name<Profile::Count>);
  std::ranges::stable_sort(profile.run.unneeded, by_name<Profile::Unneeded>);
  return profile;
}

Profile profile_from_yaml(std::string_view text, std::string_view source) {
  const YamlNode document = parse_strict_yaml(text, source);
  const YamlReader reader(source);
  check_version(document, reader);
  Profile profile;
  kDocument.read(document, reader, profile);
  return profile;
}

std::string to_yaml(const Profile& profile) {
  return "# yaml-language-server: $schema=profile.schema.json\n" +
         emit_yaml(kDocument.map(in_order(profile)));
}

std::string to_json(const Profile& profile) {
  return emit_json(kDocument.map(in_order(profile)));
}

std::string profile_schema() {
  DocumentMap schema;
  const auto set = [](DocumentMap& map, const char* key, const char* text) {
    map.set(key, {std::string(text)});
  };
  set(schema, "$schema", "https://json-schema.org/draft/2020-12/schema");
  set(schema, "title", "capmin/v1 CapabilityProfile");
  set(schema, "description",
      "The smallest set of Linux capabilities that a container image needs, the proof, and the "
      "environment it holds in.");
  for (DocumentField& field : kDocument.schema().fields) {
    schema.fields.push_back(std::move(field));
  }
  DocumentMap definitions;
  definitions.set(
      "call",
      {with_description("The system call that the kernel was asked for; absent outside of any.",
                        AsText{}.schema())});
  definitions.set("process",
                  {with_description("The name that the process had, which the image chose.",
                                    AsText{}.schema())});
  definitions.set(
      "result",
      {with_description(
          "What became of it: granted, denied-soft (denied, but the system call did not fail for "
          "that), denied-hard (denied, and the system call failed with EPERM or EACCES).",
          AsWord{kCheckResults}.schema())});
  define_capabilities(definitions);
  schema.set("$defs", {std::move(definitions)});
  return emit_json(schema);
}

std::string in_format_of(std::string_view old_text, const Profile& profile) {
  const bool is_json = old_text.find_first_not_of(" \t\r\n") == old_text.find('{');
  return is_json ? to_json(profile) : to_yaml(profile);
}

}  // namespace capmin
