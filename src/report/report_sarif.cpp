#include "report/findings.h"
#include "report/formats.h"
#include "report/sarif_document.h"

namespace capmin {
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
