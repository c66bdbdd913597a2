#include "report/formats.h"
#include "report/sarif_document.h"
#include "text/sanitize.h"

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

namespace {

enum class Where { kProperty, kMessage };

std::string escaped(std::string_view untrusted, Where where) {
  std::string result;
  for (const char letter : visible(untrusted)) {
    // Line breaks are visible text by now.
    if (letter == '%') {
      result += "%25";
    } else if (letter == ':' && where == Where::kProperty) {
      result += "%3A";
    } else if (letter == ',' && where == Where::kProperty) {
      result += "%2C";
    } else {
      result += letter;
    }
  }
  return result;
}

const char* command_of(Finding::Level level) {
  switch (level) {
    case Finding::Level::kNote:
      return "::notice";
    case Finding::Level::kWarning:
      return "::warning";
    case Finding::Level::kError:
      return "::error";
  }
  return "::error";
}

}  // namespace

std::string to_github(const std::vector<Report>& reports) {
  std::string lines;
  for (const Report& report : reports) {
    for (const Finding& finding : findings_of(report)) {
      lines += std::string(command_of(finding.level)) +
               " file=" + escaped(report.path, Where::kProperty) +
               ",line=" + std::to_string(finding.line) +
               ",title=" + escaped(finding.title, Where::kProperty) +
               "::" + escaped(finding.text, Where::kMessage) + '\n';
    }
  }
  return lines;
}

namespace {

const char* level_of(Finding::Level level) {
  switch (level) {
    case Finding::Level::kNote:
      return "note";
    case Finding::Level::kWarning:
      return "warning";
    case Finding::Level::kError:
      return "error";
  }
  return "error";
}

/// What a rule of SARIF says of itself.
SarifRule description_of(const std::string& id) {
  if (id == "verdict")
    return {"The set that an image needs", "What was found and how it is proven."};
  if (id == "warning") return {"A warning of the profile", "What a reviewer should know besides."};
  if (id == "riskier") {
    return {"The set has become riskier",
            "It has more members in the worst tier of risk in which "
            "it differs from the previous profile."};
  }
  const CapabilityInfo& known = info(*capability_named(id));
  return {"The image needs " + id, "A process that holds it may " + std::string(known.permits) +
                                       ". Risk " + risk_text(known.risk) + '.'};
}

}  // namespace

std::string to_sarif(const std::vector<Report>& reports) {
  SarifDocument document;
  for (const Report& report : reports) {
    for (const Finding& finding : findings_of(report)) {
      document.add({.rule = finding.id,
                    .level = level_of(finding.level),
                    .text = finding.text,
                    .path = report.path,
                    .line = finding.line,
                    .fingerprint = report.profile.image.reference + '#' + finding.id +
                                   (finding.id == "warning" ? finding.text : "")},
                   description_of(finding.id));
    }
  }
  return document.json();
}

}  // namespace capmin
