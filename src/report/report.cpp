#include "report/report.h"

#include "core/container_options.h"
#include "core/error.h"
#include "diagnosis/rule_table.h"
#include "document/document.h"
#include "document/strict_yaml.h"
#include "profile/platform.h"
#include "profile/profile_yaml.h"
#include "profile/run_arguments.h"
#include "profile/sentences.h"
#include "text/quote.h"
#include "text/words.h"

#include <algorithm>
#include <string_view>

namespace capmin {

int Places::of(Capability capability) const {
  const auto found = reasons.find(capability);
  return found == reasons.end() ? set : found->second;
}

Places places_in(std::string_view text, std::string_view source) {
  const YamlNode document = parse_strict_yaml(text, source);
  const YamlReader read(source);
  Places places;
  places.set = read.at(read.at(document, "capabilities"), "add").position.line;
  places.warnings = read.at(document, "warnings").position.line;
  for (const YamlNode& reason : read.items(read.at(document, "reasons"))) {
    const auto name = capability_named(read.text(read.at(reason, "name")));
    if (name) places.reasons.emplace(*name, reason.position.line);
  }
  return places;
}

namespace {

bool is_job(const Profile& profile) {
  return profile.probe.kind == ProbeKind::kExit || profile.probe.kind == ProbeKind::kOneshot;
}

/// What a probe of this kind cannot see, whatever it asks.
std::string blind_spot(const Profile::Probe& probe) {
  switch (probe.kind) {
    case ProbeKind::kExec:
    case ProbeKind::kExecCommand:
      return "The way in from outside: the probe ran inside the container and did not come through "
             "its network or its published ports.";
    case ProbeKind::kHealthcheck:
      return "Whatever the image's own HEALTHCHECK does not ask: such checks are made to see that "
             "a service lives, not that all of it works.";
    case ProbeKind::kExit:
      return "What the job did: only its exit status was looked at, and a job can end with status "
             "0 and a wrong result.";
    case ProbeKind::kOneshot:
      return "What the probe's script does not look at after the job has ended.";
    case ProbeKind::kNetwork:
      return probe.check.starts_with("tcp:")
                 ? "Whatever the program does with a connection: only whether it accepts one was "
                   "looked at."
                 : "Whatever that one request does not ask: other ports, other pages, what is "
                   "written, work in the background.";
    case ProbeKind::kFile:
    case ProbeKind::kCommand:
      break;
  }
  return "What the probe's script does not ask: other ports, other requests, work in the "
         "background.";
}

void add_scenario(const Profile& profile, std::vector<std::string>& gaps) {
  const auto probed = [&profile](const char* phase) {
    return std::ranges::find(profile.probe.scenario, phase) != profile.probe.scenario.end();
  };
  if (!probed("restart")) {
    gaps.emplace_back(
        "A second start with the files and volumes that the first one leaves behind (--restart).");
  }
  if (is_job(profile)) return;
  if (!probed("graceful-stop")) {
    gaps.emplace_back(
        "The stop: whether it ends by itself after its stop signal "
        "(--graceful-stop).");
  }
  if (!probed("settle")) {
    gaps.emplace_back(
        "What happens after the probe has passed for the first time: work that "
        "comes later, such as the rotation of logs (--settle TIME).");
  }
}

void add_environment(const Profile& profile, std::vector<std::string>& gaps) {
  const Profile::Environment& environment = profile.environment;
  if (environment.ports == Ports::kEngine) {
    gaps.emplace_back(
        "Privileged ports: the trials ran under the engine's own settings. Where "
        "ports below 1024 or ping are privileged, NET_BIND_SERVICE or NET_RAW may "
        "be needed as well (--ports portable).");
  }
  if (environment.network == "none") {
    gaps.emplace_back("The network: the containers had none.");
  }
  const bool is_alone = profile.stack.service.empty();
  if (is_alone && profile.reset.path.empty() && environment.network != "none") {
    gaps.emplace_back(
        "What lies outside of the containers and remembers earlier trials, such as a database "
        "beside them: a start that finds it empty may need more (--reset FILE).");
  }
  const bool no_new_privileges =
      std::ranges::any_of(environment.options, [](const std::string& option) {
        return option.find("no-new-privileges") != std::string::npos;
      });
  if (!no_new_privileges) {
    gaps.emplace_back(
        "allowPrivilegeEscalation: false. Setuid programs and file capabilities "
        "stop working under it (--security-opt no-new-privileges).");
  }
  gaps.emplace_back(
      "Other engines, kernels, seccomp filters and users: all was seen with those that are named "
      "below.");
}

}  // namespace

std::vector<std::string> gaps_of(const Profile& profile) {
  std::vector<std::string> gaps{blind_spot(profile.probe)};
  add_scenario(profile, gaps);
  add_environment(profile, gaps);
  return gaps;
}

namespace {

/// What trials could grant, read off the baseline; Docker's default where the profile does not
/// tell.
CapabilitySet ceiling_of(const Profile& profile) {
  for (const Profile::Step& step : profile.search) {
    if (step.purpose == Purpose::kBaseline) return step.grant;
  }
  return docker_default_set();
}

/// How trials were judged, as far as a profile shows that does not say it.
Profile::Judgement guessed_judgement(const Profile& profile) {
  Profile::Judgement judgement;
  judgement.ceiling = ceiling_of(profile);
  if (profile.guarantee) judgement.level = *profile.guarantee;
  int confirm = 0;
  for (const Profile::Attempt& attempt : profile.passed) {
    confirm = std::max(confirm, attempt.times);
  }
  for (const Profile::Attempt& attempt : profile.failed) {
    confirm = std::min(confirm, attempt.times);
  }
  judgement.confirm = std::max(confirm, 1);
  return judgement;
}

/// The engine is an option that run_arguments() leaves to its caller.
std::vector<std::string> with_engine(std::vector<std::string> arguments, Dialect engine) {
  const auto end_of_options = std::ranges::find(arguments, "--");
  arguments.insert(end_of_options, {"--engine", std::string(name_of(engine))});
  return arguments;
}

/// The search of the service of a stack.
std::vector<std::string> compose_arguments(const Profile& profile) {
  const Profile::Stack& stack = profile.stack;
  std::vector<std::string> arguments;
  for (const std::string& file : stack.files) {
    append_option("--file", file, arguments);
  }
  if (!stack.project_directory.empty()) {
    append_option("--project-directory", stack.project_directory, arguments);
  }
  if (!stack.env_file.empty()) append_option("--env-file", stack.env_file, arguments);
  for (const std::string& name : stack.profiles) {
    append_option("--profile", name, arguments);
  }
  append_option("--service", stack.service, arguments);
  if (!profile.probe.path.empty()) {
    append_option("--probe", stack.service + '=' + profile.probe.path, arguments);
  }
  if (stack.company == CompanyState::kKept) arguments.emplace_back("--keep-company");
  if (stack.keeps_volumes) arguments.emplace_back("--keep-volumes");
  return arguments;
}

std::vector<std::string> notes_on(const Profile& profile, bool is_guessed) {
  std::vector<std::string> notes;
  const auto has = [](const std::vector<std::string>& texts, const std::string& text) {
    return std::ranges::find(texts, text) != texts.end();
  };
  if (is_guessed && has(profile.probe.scenario, "settle")) {
    notes.emplace_back("The container also had to stay healthy for a while: add --settle TIME.");
  }
  const auto& options = profile.environment.options;
  if (std::ranges::any_of(options, [](const auto& text) { return text.starts_with("--env "); })) {
    notes.emplace_back("Values of variables are not in the profile: set them in your shell.");
  }
  if (!profile.environment.altered.empty()) {
    notes.emplace_back(
        "Some of it had to be cleaned, and is not as it was given: environment.altered names it.");
  }
  if (!profile.image.digest.empty()) {
    notes.emplace_back("The image's name may mean another one by now: its digest is above.");
  }
  return notes;
}

}  // namespace

Reproduction reproduction_of(const Profile& profile) {
  Profile told = profile;
  if (!told.judgement) told.judgement = guessed_judgement(profile);
  Reproduction result;
  if (!profile.stack.service.empty()) {
    result.command = "capmin compose " + shell_quoted(compose_arguments(profile));
    result.notes = notes_on(profile, false);
    result.notes.emplace_back(
        "How trials are judged is said in x-capmin of the service, or was on the command line: see "
        "judgement. capmin verify --full takes it from the profile.");
    return result;
  }
  try {
    result.command =
        "capmin run " + shell_quoted(with_engine(run_arguments(told), profile.environment.engine));
    result.notes = notes_on(profile, !profile.judgement);
  } catch (const Error&) {
    // Its message quotes the profile.
    result.notes = {"No command repeats this: the profile has an option that is no container's."};
  }
  return result;
}

namespace {

constexpr std::size_t kMostWays = 3;

std::string guarantee_text(const Profile& profile) {
  const bool has_others = !profile.alternatives.empty();
  const int members = (profile.add | conditional_set(profile)).size();
  const std::string failed = members == 0   ? "the probe passed without any capability"
                             : members == 1 ? "the probe failed without its only member"
                                            : "the probe failed without each single member";
  std::string text;
  if (!is_complete(profile)) {
    text = "Incomplete: the probe passes with the set, but the search was cut short.";
    return members == 0 ? text : text + " Members may be superfluous.";
  }
  if (profile.guarantee == Level::kOneMinimal) {
    return (members == 0
                ? "One-minimal: " + failed + ". That was seen"
                : "One-minimal: the probe passed with the set, and " +
                      failed.substr(std::string_view("the probe ").size()) + ". Both were seen") +
           "; nothing is taken for granted.";
  }
  if (profile.guarantee == Level::kUnique) {
    text = "Unique: " + failed + ", and no other minimal set exists.";
  } else if (profile.guarantee == Level::kLeastRisk) {
    text = "Least risk: " + failed + ", and no less risky set works.";
  } else {
    text = has_others ? "All minimal: every minimal set is told; this is the least risky one."
                      : "All minimal: every minimal set was looked for; this is the only one.";
  }
  if (!profile.assumption.empty()) text += " It takes for granted that " + profile.assumption + '.';
  return text;
}

std::vector<std::string> ways_around(Capability capability, const RuleTable& rules) {
  std::vector<std::string> ways;
  for (const Rule* const rule : rules_about(capability, rules)) {
    if (rule->alternative.empty() || ways.size() == kMostWays) continue;
    if (std::ranges::find(ways, rule->alternative) == ways.end()) ways.push_back(rule->alternative);
  }
  return ways;
}

ReportMember member_of(Capability name, std::string condition, const Profile& profile,
                       const RuleTable& rules) {
  ReportMember member;
  member.name = name;
  member.condition = std::move(condition);
  const auto reason = std::ranges::find(profile.reasons, name, &Profile::Reason::name);
  if (reason != profile.reasons.end()) {
    member.rule = reason->rule;
    member.line = reason->line;
    member.advice = reason->advice;
    member.checks = check_texts(profile, name);
  }
  const auto rule = std::ranges::find(rules.rules(), member.rule, &Rule::id);
  if (!member.rule.empty() && rule != rules.rules().end()) member.rule_reason = rule->reason;
  if (member.advice.empty()) member.ways = ways_around(name, rules);
  const auto failed = std::ranges::find(profile.failed, name, &Profile::Attempt::without);
  if (failed != profile.failed.end()) member.without_it = *failed;
  return member;
}

std::vector<ReportMember> members_of(const Profile& profile, const RuleTable& rules) {
  std::vector<ReportMember> members;
  for (const std::string_view name : profile.add.names()) {
    members.push_back(member_of(*capability_named(name), {}, profile, rules));
  }
  for (const Profile::Conditional& conditional : profile.conditional) {
    const std::string condition = condition_text(conditional.when, profile);
    const auto known = std::ranges::find(members, conditional.name, &ReportMember::name);
    if (known == members.end()) {
      members.push_back(member_of(conditional.name, condition, profile, rules));
    } else {
      known->condition += (known->condition.empty() ? "" : "; ") + condition;
    }
  }
  return members;
}

std::vector<ReportPlatform> platforms_of(CapabilitySet set) {
  std::vector<ReportPlatform> platforms;
  for (const Capability capability : set.members()) {
    for (const PlatformAccess& row : platforms_for(capability)) {
      auto place = std::ranges::find(platforms, row.platform, &ReportPlatform::name);
      if (place == platforms.end()) place = platforms.insert(place, {row.platform, {}, {}, {}});
      CapabilitySet& answer = row.access == Access::kGranted   ? place->granted
                              : row.access == Access::kAddable ? place->addable
                                                               : place->refused;
      answer = answer.with(capability);
    }
  }
  return platforms;
}

}  // namespace

Report report_of(const ReportSource& source, const RuleTable& rules) {
  Report report;
  report.path = source.path;
  report.profile = in_order(source.profile);
  report.places = source.places;
  const Profile& profile = report.profile;
  report.verdict = needs_text(profile);
  report.guarantee = guarantee_text(profile);
  report.members = members_of(profile, rules);
  for (const ReportMember& member : report.members) {
    report.risk = std::max(report.risk, info(member.name).risk);
  }
  report.dropped = docker_default_set() - profile.add - conditional_set(profile);
  report.pod_security = pod_security_text(profile);
  report.platforms = platforms_of(profile.add | conditional_set(profile));
  report.gaps = gaps_of(profile);
  report.trials = trial_table(profile);
  report.reproduction = reproduction_of(profile);
  return report;
}

std::string risk_text(Risk risk) {
  return std::string(name_of(risk)) + ": " + std::string(meaning_of(risk));
}

namespace {

std::string network_text(const Profile::Probe& probe) {
  std::string text = probe.check;
  if (probe.expect_status != 0) text += ", answered with " + std::to_string(probe.expect_status);
  if (!probe.expect.empty()) text += ", with the text \"" + probe.expect + "\" in the body";
  if (probe.insecure) text += ", with any certificate";
  return text;
}

std::string probe_text(const Profile::Probe& probe) {
  const std::string& what = probe.check.empty() ? probe.path : probe.check;
  switch (probe.kind) {
    case ProbeKind::kHealthcheck:
      return "the image's own HEALTHCHECK";
    case ProbeKind::kExit:
      return "the container must end by itself with status 0";
    case ProbeKind::kNetwork:
      return network_text(probe);
    case ProbeKind::kExec:
    case ProbeKind::kExecCommand:
      return what + ", run inside the container";
    case ProbeKind::kOneshot:
      return what + ", run once after the job's end";
    case ProbeKind::kFile:
    case ProbeKind::kCommand:
      break;
  }
  return what + ", run on the host";
}

std::string sysctl_text(const Profile::Environment& environment) {
  std::vector<std::string> texts;
  for (const auto& [name, value] : environment.sysctls) {
    texts.push_back(name);
    texts.back().append(" = ").append(value);
  }
  return joined(texts, "; ");
}

}  // namespace

std::vector<EnvironmentFact> environment_facts(const Report& report) {
  const Profile& profile = report.profile;
  const Profile::Environment& environment = profile.environment;
  std::vector<EnvironmentFact> facts;
  const auto add = [&facts](const char* name, const std::string& value) {
    if (!value.empty()) facts.push_back({name, value});
  };
  add("Profile", report.path);
  add("Image", profile.image.reference);
  add("Image digest", profile.image.digest);
  add("Image id", profile.image.id);
  add("Platform", profile.image.platform);
  add("User", profile.image.user.empty() ? "root" : profile.image.user);
  add("Probe", probe_text(profile.probe));
  add("Probe's SHA-256", profile.probe.sha256);
  add("Reset", profile.reset.path);
  add("Reset's SHA-256", profile.reset.sha256);
  add("Scenario", joined(profile.probe.scenario, ", "));
  add("Stack", stack_text(profile.stack));
  add("Joint proof", joint_text(profile.stack));
  add("Engine", std::string(name_of(environment.engine)) + ' ' + environment.version +
                    (environment.rootless                       ? ", without root"
                     : environment.userns_remap.value_or(false) ? ", as root, users remapped"
                                                                : ", as root"));
  add("Runtime", environment.runtime);
  add("Kernel", environment.kernel);
  add("Seccomp", environment.seccomp);
  add("Network", environment.network);
  add("Ports", environment.ports == Ports::kPortable
                   ? "portable: ports below 1024 and ping are privileged, as outside Docker"
                   : "the engine's own settings");
  add("Set inside", sysctl_text(environment));
  add("Options", joined(environment.options, "  "));
  add("Command", joined(environment.command, " "));
  add("Found by",
      "capmin " + profile.run.capmin + (profile.run.at.empty() ? "" : ", ") + profile.run.at);
  add("Trials", "waited for at most " + seconds_text(profile.run.deadline_seconds) + " each");
  return facts;
}

}  // namespace capmin
