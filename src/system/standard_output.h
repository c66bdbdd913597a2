#pragma once

#include <string_view>

namespace capmin {

/// Writes data to standard output, whole; throws Error kOutput where it takes no more.
void write_standard_output(std::string_view text);

}  // namespace capmin
