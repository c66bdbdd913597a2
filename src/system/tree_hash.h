#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace capmin {

/// How much of a tree of files is read.
struct TreeLimits {
  std::uintmax_t bytes = 64U << 20U;
  std::size_t entries = 20'000;
};

/// A hash of all that a container could see of the file or directory `path`: names, kinds, modes,
/// owners, what files hold and where links point; times are left out. Links below it are not
/// followed. Nothing where that cannot be read whole: it is not there, may not be read, changes
/// meanwhile, or is more than `limits`.
std::optional<std::string> tree_hash(const std::filesystem::path& path,
                                     const TreeLimits& limits = {});

}  // namespace capmin
