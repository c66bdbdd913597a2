#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace capmin {

/// One line of hostile text made fit for a terminal or a file: escape sequences (CSI, OSC and their
/// C1 forms), control characters and bidirectional controls are removed, invalid UTF-8 becomes
/// U+FFFD, line breaks and tabs become blanks, blanks at both ends go. At most `limit` bytes, cut
/// at a character with "..." at the end.
std::string sanitize(std::string_view hostile, std::size_t limit = 400);

}  // namespace capmin
