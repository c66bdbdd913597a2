#pragma once

#include <string>
#include <string_view>

namespace capmin {

/// `text` as a Markdown code span that may stand in a table: nothing in it is active, neither
/// markup nor links nor mentions. Shown as shown() shows it.
std::string code_span(std::string_view text);

}  // namespace capmin
