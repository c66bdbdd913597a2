#pragma once

#include "report/report.h"

#include <string>
#include <vector>

namespace capmin {

/// The reports as JSON: a list under "reports", of each the verdict and everything that the other
/// formats show, structured. Texts are those of the profile, escaped as the profile's own JSON is.
std::string to_json(const std::vector<Report>& reports);

}  // namespace capmin
