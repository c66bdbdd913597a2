#pragma once

#include "profile/profile.h"

#include <string>
#include <vector>

namespace capmin {

/// The arguments of the `capmin run` that `profile` tells of, as parse_run_options() takes them:
/// image, probe, options, judgement, command. Variables stand there without their values, and what
/// the engine does by itself (its network, the platform of the image that it has) is left out.
/// Throws Error kUsage for options that are no container's.
std::vector<std::string> run_arguments(const Profile& profile);

}  // namespace capmin
