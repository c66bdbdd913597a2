#pragma once

#include "report/report.h"

#include <string>
#include <vector>

namespace capmin {

/// The findings of the reports as commands of GitHub's workflows, one to a line:
/// "::warning file=nginx.yaml,line=28,title=...::...". Untrusted text is shown as visible() shows
/// it, then escaped as the runner's toolkit does (actions/toolkit, packages/core/src/command.ts).
std::string to_github(const std::vector<Report>& reports);

}  // namespace capmin
