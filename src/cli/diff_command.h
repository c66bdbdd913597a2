#pragma once

#include <string>
#include <vector>

namespace capmin {

/// `capmin diff`: compares two profiles. Returns kDone where they agree, kDifference where they do
/// not; with --fail-on risk only where the second reaches more. Throws Error kUsage for files that
/// are no profiles.
int diff_command(const std::vector<std::string>& arguments);

}  // namespace capmin
