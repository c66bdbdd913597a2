#pragma once

#include "profile/profile.h"
#include "yaml/yaml_reader.h"

namespace capmin {

/// What a profile tells of the kernel's checks, read as strictly as the rest of it: of a reason,
/// ...
Profile::Check check_of(const YamlNode& node, const YamlReader& read);

/// ... how often it was seen, ...
Profile::Count count_of(const YamlNode& node, const YamlReader& read);

/// ... and what was not needed.
Profile::Unneeded unneeded_of(const YamlNode& node, const YamlReader& read);

}  // namespace capmin
