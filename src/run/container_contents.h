#pragma once

#include "engine/container_spec.h"

#include <string>

namespace capmin {

/// A hash of the values that variables of the container take from our environment and from files.
/// Throws Error kUsage where a file cannot be read.
std::string hash_of_variables(const ContainerSpec& spec);

/// Stands for the contents of mounts that cannot be read whole, or are more than tree_hash() reads.
inline constexpr const char* kUnknownContents = "unknown";

/// A hash of what the files and directories of the host hold that the container mounts, or
/// kUnknownContents.
std::string hash_of_mounts(const ContainerSpec& spec);

}  // namespace capmin
