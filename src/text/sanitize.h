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

/// Untrusted text with everything that acts unseen made visible, for formats that escape what is
/// markup to them: control characters, line breaks, bidirectional controls, characters without a
/// glyph and those that XML refuses become \u000A and the like; invalid UTF-8 becomes U+FFFD. Of
/// two number signs in a row the second becomes \u0023, because CI systems execute "##"; of a text
/// that begins with "::", which they execute too, the first colon becomes \u003A.
std::string visible(std::string_view untrusted);

}  // namespace capmin
