#pragma once

#include <filesystem>

namespace capmin {

/// Where `path`, taken from `directory`, is. Throws Error kUsage where it is absolute, or where it
/// or one of its links leaves the directory. The file need not exist.
std::filesystem::path contained_path(const std::filesystem::path& directory,
                                     const std::filesystem::path& path);

/// Whether `path`, with its links followed, is below `directory`.
bool is_below(const std::filesystem::path& directory, const std::filesystem::path& path);

}  // namespace capmin
