#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace capmin {

/// How many columns of a terminal `text`, a line of UTF-8, takes. Colours (SGR sequences) take
/// none.
std::size_t columns_of(std::string_view text);

/// `line` in at most `columns` columns, cut at a character with "..." at the end. Without colours.
std::string cut(std::string_view line, std::size_t columns);

/// `text` with lines of at most `columns` columns. Longer ones are broken at blanks, and a word
/// longer than a line where that ends; what follows is indented more than the line. No line that
/// this makes begins with what a CI system executes ("::", "##"): rather one is longer.
std::string fold(std::string_view text, std::size_t columns);

}  // namespace capmin
