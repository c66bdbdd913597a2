#pragma once

#include <string_view>

namespace capmin {

/// The style sheet of the HTML report: light, dark and print; refers to nothing outside.
std::string_view report_style();

}  // namespace capmin
