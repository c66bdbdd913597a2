#pragma once

#include <string>
#include <string_view>

namespace capmin {

/// What a --mount argument asks for, as --volume or --tmpfs takes it.
struct Mount {
  std::string volume;  ///< empty where it is a tmpfs
  std::string tmpfs;
};

/// Reads a --mount argument, "type=bind,source=/srv,target=/data,readonly". Throws Error kUsage
/// where it is none, and for what volumes and tmpfs that are fresh for each trial do not have.
Mount parse_mount(std::string_view argument);

}  // namespace capmin
