#include "text/markdown.h"

#include "text/quote.h"

#include <algorithm>
#include <cstddef>

namespace capmin {
namespace {

std::size_t longest_run_of_backticks(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char letter : text) {
    run = letter == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

}  // namespace

std::string code_span(std::string_view text) {
  std::string content;
  for (const char letter : shown(text)) {
    // Tables are split at bars before code spans are looked for.
    if (letter == '|') content += '\\';
    content += letter;
  }
  const std::string fence(longest_run_of_backticks(content) + 1, '`');
  // A blank inside the fences keeps a backtick or blank at the edge; one of each side is dropped.
  return fence + ' ' + content + ' ' + fence;
}

}  // namespace capmin
