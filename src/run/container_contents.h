#pragma once

#include "engine/container_spec.h"
#include "system/file.h"

#include <string>
#include <vector>

namespace capmin {

/// A hash of the values that variables of the container take from our environment, and of `files`,
/// from which it is made.
std::string hash_of_variables(const ContainerSpec& spec, const std::vector<PinnedFile>& files);

/// Stands for the contents of mounts that cannot be read whole, or are more than tree_hash() reads.
inline constexpr const char* kUnknownContents = "unknown";

/// A hash of what the files and directories of the host hold that the container mounts, or
/// kUnknownContents.
std::string hash_of_mounts(const ContainerSpec& spec);

}  // namespace capmin
