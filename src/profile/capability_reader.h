#pragma once

#include "core/capability_set.h"
#include "yaml/yaml_reader.h"

namespace capmin {

/// The capability that a text of a profile names; Error kUsage at any spelling but capmin's own.
Capability capability_of(const YamlNode& node, const YamlReader& read);

/// The same for a list of names, each of them once.
CapabilitySet set_of(const YamlNode& node, const YamlReader& read);

}  // namespace capmin
