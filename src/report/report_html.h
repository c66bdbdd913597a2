#pragma once

#include "report/report.h"

#include <string>
#include <vector>

namespace capmin {

/// The reports as one HTML page without scripts or outside resources, which it forbids itself too;
/// several of them below an index. Fit for a phone, for print, for light and dark.
std::string to_html(const std::vector<Report>& reports);

}  // namespace capmin
