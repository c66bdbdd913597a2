#include "report/findings.h"

namespace capmin {
namespace {

Finding::Level level_of(Risk risk) {
  switch (risk) {
    case Risk::kLow:
      return Finding::Level::kNote;
    case Risk::kMedium:
      return Finding::Level::kWarning;
    case Risk::kHigh:
      return Finding::Level::kError;
  }
  return Finding::Level::kError;
}

std::string text_of(const ReportMember& member) {
  const CapabilityInfo& known = info(member.name);
  std::string text = std::string(known.name) + " lets an attacker inside " +
                     std::string(known.permits) + " (" + std::string(name_of(known.risk)) +
                     " risk).";
  if (!member.condition.empty()) text += " Needed " + member.condition + '.';
  if (!member.line.empty()) text += " Without it: " + member.line;
  if (!member.rule.empty()) text += " [rule " + member.rule + ']';
  if (member.without_it) {
    text += " Trial " + std::to_string(member.without_it->trial) + " without it failed.";
  }
  if (!member.advice.empty()) text += " To avoid it: " + member.advice;
  return text;
}

}  // namespace

std::vector<Finding> findings_of(const Report& report) {
  const std::string& image = report.profile.image.reference;
  std::vector<Finding> findings{{Finding::Level::kNote, "verdict", report.places.set, image,
                                 image + ' ' + report.verdict + ". " + report.guarantee}};
  if (report.change && report.change->diff.riskier) {
    findings.push_back({Finding::Level::kError, "riskier", report.places.set,
                        image + " has become riskier",
                        "Compared with " + report.change->path + ": added " +
                            to_string(report.change->diff.added) + ", removed " +
                            to_string(report.change->diff.removed) + '.'});
  }
  for (const ReportMember& member : report.members) {
    findings.push_back({level_of(info(member.name).risk), std::string(name_of(member.name)),
                        report.places.of(member.name),
                        image + " needs " + std::string(name_of(member.name)), text_of(member)});
  }
  for (const std::string& warning : report.profile.warnings) {
    findings.push_back({Finding::Level::kWarning, "warning", report.places.warnings,
                        "warning about " + image, warning});
  }
  return findings;
}

}  // namespace capmin
