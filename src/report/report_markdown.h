#pragma once

#include "report/report.h"

#include <string>
#include <vector>

namespace capmin {

/// The reports as Markdown with GitHub's tables; several of them below an index. Untrusted text
/// stands in code spans only, which hold no markup, links or mentions.
std::string to_markdown(const std::vector<Report>& reports);

}  // namespace capmin
