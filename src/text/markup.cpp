#include "text/markup.h"

#include "text/quote.h"
#include "text/sanitize.h"

#include <algorithm>
#include <cstddef>

namespace capmin {
namespace {

std::string escaped(std::string_view untrusted) {
  std::string result;
  for (const char letter : visible(untrusted)) {
    switch (letter) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += letter;
    }
  }
  return result;
}

}  // namespace

Markup Markup::text(std::string_view untrusted) {
  return own(escaped(untrusted));
}

Markup Markup::element(std::string_view name, const Attributes& attributes, const Markup& content) {
  Markup result;
  result.text_.append("<").append(name);
  for (const auto& [key, value] : attributes) {
    result.text_.append(" ").append(key).append("=\"").append(escaped(value)).append("\"");
  }
  result.text_.append(">").append(content.text_).append("</").append(name).append(">");
  return result;
}

Markup Markup::element(std::string_view name, const Markup& content) {
  return element(name, {}, content);
}

Markup Markup::own(std::string_view markup) {
  Markup result;
  result.text_ = markup;
  return result;
}

Markup& Markup::operator+=(const Markup& other) {
  text_ += other.text_;
  return *this;
}

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
