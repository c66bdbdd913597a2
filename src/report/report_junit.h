#pragma once

#include "report/report.h"

#include <string>
#include <vector>

namespace capmin {

/// The reports as JUnit XML: a suite for each profile; in it a case for the set that passes, one
/// for each capability that the probe fails without (skipped where no trial left it out), and, with
/// a previous profile, one that fails where the new set is riskier. Warnings and what was not
/// exercised stand in system-out.
std::string to_junit(const std::vector<Report>& reports);

}  // namespace capmin
