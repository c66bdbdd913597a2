#pragma once

#include "batch/batch_options.h"
#include "batch/batch_text.h"

#include <filesystem>
#include <string>

namespace capmin {

/// The batch in a format. Paths of profiles are taken from `directory`, that of the batch file.
std::string in_format(const BatchResult& result, BatchOptions::Format format, const FailOn& fail_on,
                      const std::filesystem::path& directory);

}  // namespace capmin
