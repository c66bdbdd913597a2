#pragma once

#include <string>
#include <vector>

namespace capmin {

/// The guardian that Guard starts: waits for its owner's end, and removes what that one left. An
/// engine that does not answer is asked again for a minute.
int guardian_command(const std::vector<std::string>& arguments);

}  // namespace capmin
