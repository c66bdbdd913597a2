#pragma once

#include <string_view>

namespace capmin {

/// The text of diagnosis/rules.yaml as it was when the program was built.
std::string_view embedded_rules();

}  // namespace capmin
