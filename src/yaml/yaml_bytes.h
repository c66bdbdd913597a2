#pragma once

#include "yaml/strict_yaml.h"

#include <string_view>

namespace capmin {

/// Checks what can be seen before parsing: size, encoding, control characters, and the number of
/// characters that make a parser remember something. Error kUsage as parse_strict_yaml.
void check_yaml_bytes(std::string_view text, std::string_view source, const YamlLimits& limits);

}  // namespace capmin
