#pragma once

#include <string>
#include <string_view>

namespace capmin {

/// Untrusted text with everything that acts unseen made visible, for formats that escape what is
/// markup to them: control characters, line breaks, bidirectional controls, characters without a
/// glyph and those that XML refuses become \u000A and the like; invalid UTF-8 becomes U+FFFD. Of
/// two number signs in a row the second becomes \u0023, because CI systems execute "##"; of a text
/// that begins with "::", which they execute too, the first colon becomes \u003A.
std::string visible(std::string_view untrusted);

}  // namespace capmin
