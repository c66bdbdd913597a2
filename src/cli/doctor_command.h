#pragma once

#include <string>
#include <vector>

namespace capmin {

/// Prints what the machine and its engine can and cannot show; the exit status is 0 where capmin
/// run can work and 5 where no engine works. Throws Error kUsage, and kImageMissing for an image
/// that the engine does not have.
int doctor_command(const std::vector<std::string>& arguments);

}  // namespace capmin
