#pragma once

#include "report/report.h"
#include "text/markup.h"

#include <string>

namespace capmin {

/// The sections of a report's HTML, in the order in which a reviewer reads them: its head, what
/// changed, the capabilities, the search, what else works, and where and how it was found. `level`
/// is that of the report's own heading; ids of elements begin with `id`.
Markup report_sections(const Report& report, const std::string& id, int level);

}  // namespace capmin
