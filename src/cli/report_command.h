#pragma once

#include <string>
#include <vector>

namespace capmin {

/// `capmin report`: turns profiles into a document for reviewers. Returns kDone. Throws Error
/// kUsage for files that are no profiles, kOutput where the document cannot be written.
int report_command(const std::vector<std::string>& arguments);

}  // namespace capmin
