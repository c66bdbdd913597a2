#pragma once

#include "options/run_options.h"

#include <string>
#include <vector>

namespace capmin {

/// What the containers of trials with `options` share with each other outside of themselves, each
/// in words that name the option: "the host's network (--network host)". Such trials run one at a
/// time, and each container is gone before the next is made: else a trial would be judged by what
/// another one does. Taken to be shared is what a neighbour may keep, so each network but the
/// engine's default ones, and every option of the engine's own that is not known to be about a
/// single container. Looks at the files of the host that are mounted. Empty where trials share
/// nothing.
std::vector<std::string> shared_things(const RunOptions& options);

/// That trials which share `things` run one at a time, in a line for a person.
std::string one_at_a_time(const std::vector<std::string>& things);

}  // namespace capmin
