#pragma once

#include <string>
#include <vector>

namespace capmin {

/// `capmin batch`: searches and verifications of many images. Returns the exit status or throws
/// Error.
int batch_command(const std::vector<std::string>& arguments);

/// The process of one job, see batch_process.h. Prints answer_of() what it ended with; 143 where it
/// was stopped.
int batch_job_command(const std::vector<std::string>& arguments);

}  // namespace capmin
