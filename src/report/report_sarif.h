#pragma once

#include "report/report.h"

#include <string>
#include <vector>

namespace capmin {

/// The findings of the reports as SARIF 2.1.0 (OASIS): one run, a rule for each capability, a
/// result for each finding, at the profile's line.
std::string to_sarif(const std::vector<Report>& reports);

}  // namespace capmin
