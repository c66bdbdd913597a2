#pragma once

#include "batch/batch_options.h"
#include "batch/batch_text.h"

#include <filesystem>
#include <string>

namespace capmin {

/// The batch in a format. Paths of profiles are taken from the directory of `batch_file`.
std::string in_format(const BatchResult& result, BatchOptions::Format format, const FailOn& fail_on,
                      const std::filesystem::path& batch_file);

}  // namespace capmin
