#pragma once

#include "compose/stack_session.h"
#include "core/capability.h"

#include <map>
#include <stop_token>
#include <string>
#include <vector>

namespace capmin {

/// A Compose file with the sets of services in it.
struct MergedFile {
  std::string path;                   ///< as the user wrote it
  std::string text;                   ///< all of it
  std::vector<std::string> warnings;  ///< about what had to be left out, with lines
};

/// The files of the session's stack that change so that Compose reads `sets`; every byte outside of
/// cap_drop and cap_add stays as it is. Compose itself has read the result, and nothing else in it
/// is different. Throws Error kUsage with the line where a file cannot be changed so.
std::vector<MergedFile> merged_files(const StackSession& session, const StackFiles& files,
                                     const std::map<std::string, CapabilitySet>& sets,
                                     const std::stop_token& stop);

}  // namespace capmin
