#pragma once

#include "engine/program_files.h"
#include "options/run_options.h"
#include "run/run_plan.h"
#include "trial/search.h"

#include <optional>
#include <string>
#include <vector>

namespace capmin {

/// The user that the container runs as, as the options or the image name it; empty is root.
const std::string& container_user(const RunOptions& options, const RunPlan& plan);

/// What granted capabilities do for the container's user. Docker gives them to root only; another
/// user gets them by file capabilities and setuid programs alone (moby pull request 52830).
enum class GrantEffect {
  kHeld,       ///< the user is root, or was seen holding what was granted
  kByProgram,  ///< another user was seen holding it, but only because of the program's file
  kNone,       ///< another user was seen to hold nothing of what trials granted
  kNotSeen,    ///< another user, whose containers ended too soon or cannot be looked at from here
};

/// Read from the running containers of the trials.
GrantEffect grant_effect(const RunOptions& options, const RunPlan& plan,
                         const SearchResult& result);

/// Whether a grant may have no effect but by the files of programs: true for a user other than root
/// who was not seen holding it by himself. What could not be seen counts with docker only: podman
/// gives other users what is granted.
bool depends_on_files(GrantEffect effect, const EngineFacts& engine);

/// The programs of an image that give `wanted`, or some of it, to a user other than root, in words:
/// "/usr/bin/ping carries NET_RAW; setuid root: /usr/bin/su and 6 more"; "" for none. Sanitized.
std::string programs_text(const std::vector<PrivilegedProgram>& programs, CapabilitySet wanted);

/// What a reader of a profile must know about a set that acts through files; nothing where it does
/// not. `programs` are those of the image, where they are known.
std::optional<std::string> files_warning(const RunOptions& options, const RunPlan& plan,
                                         GrantEffect effect, CapabilitySet set,
                                         const ImagePrograms& programs);

}  // namespace capmin
