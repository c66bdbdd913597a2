#pragma once

#include "report/report.h"

#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// The findings of the reports as SARIF 2.1.0 (OASIS): one run, a rule for each capability, a
/// result for each finding, at the profile's line.
std::string to_sarif(const std::vector<Report>& reports);

/// A path as the URI reference of RFC 3986 that names it: relative as it is, absolute with file://.
std::string uri_of(std::string_view path);

}  // namespace capmin
