#pragma once

#include "report/report.h"

#include <string>
#include <vector>

namespace capmin {

/// The reports as one HTML page without scripts or outside resources, which it forbids itself too;
/// several of them below an index. Fit for a phone, for print, for light and dark.
std::string to_html(const std::vector<Report>& reports);

/// The reports as JSON: a list under "reports", of each the verdict and everything that the other
/// formats show, structured. Texts are those of the profile, escaped as the profile's own JSON is.
std::string to_json(const std::vector<Report>& reports);

/// The reports as Markdown with GitHub's tables; several of them below an index. Untrusted text
/// stands in code spans only, which hold no markup, links or mentions.
std::string to_markdown(const std::vector<Report>& reports);

/// The reports as JUnit XML: a suite for each profile; in it a case for the set that passes, one
/// for each capability that the probe fails without (skipped where no trial left it out), and, with
/// a previous profile, one that fails where the new set is riskier. Warnings and what was not
/// exercised stand in system-out.
std::string to_junit(const std::vector<Report>& reports);

/// The findings of the reports as SARIF 2.1.0 (OASIS): one run, a rule for each capability, a
/// result for each finding, at the profile's line.
std::string to_sarif(const std::vector<Report>& reports);

/// The findings of the reports as commands of GitHub's workflows, one to a line:
/// "::warning file=nginx.yaml,line=28,title=...::...". Untrusted text is shown as visible() shows
/// it, then escaped as the runner's toolkit does (actions/toolkit, packages/core/src/command.ts).
std::string to_github(const std::vector<Report>& reports);

}  // namespace capmin
