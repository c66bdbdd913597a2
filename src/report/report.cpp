#include "report/report.h"

#include "diagnosis/rules_about.h"
#include "profile/check_text.h"
#include "profile/document.h"
#include "profile/platform.h"
#include "profile/sentences.h"
#include "report/gaps.h"

#include <algorithm>

namespace capmin {
namespace {

constexpr std::size_t kMostWays = 3;

std::string guarantee_text(const Profile& profile) {
  const bool has_others = !profile.alternatives.empty();
  const int members = (profile.add | conditional_set(profile)).size();
  const std::string failed = members == 0   ? "the probe passed without any capability"
                             : members == 1 ? "the probe failed without its only member"
                                            : "the probe failed without each single member";
  std::string text;
  if (profile.guarantee == "incomplete") {
    text = "Incomplete: the probe passes with the set, but the search was cut short.";
    return members == 0 ? text : text + " Members may be superfluous.";
  }
  if (profile.guarantee == "one-minimal") {
    return (members == 0
                ? "One-minimal: " + failed + ". That was seen"
                : "One-minimal: the probe passed with the set, and " +
                      failed.substr(std::string_view("the probe ").size()) + ". Both were seen") +
           "; nothing is taken for granted.";
  }
  if (profile.guarantee == "unique") {
    text = "Unique: " + failed + ", and no other minimal set exists.";
  } else if (profile.guarantee == "least-risk") {
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

}  // namespace capmin
