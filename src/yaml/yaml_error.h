#pragma once

#include "yaml/strict_yaml.h"

#include <string>
#include <string_view>

namespace capmin {

/// Throws Error kUsage with the text "SOURCE:LINE:COLUMN: WHAT".
[[noreturn]] void throw_yaml_error(std::string_view source, YamlPosition at,
                                   const std::string& what, std::string hint = {});

}  // namespace capmin
