#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace capmin {

/// HTML or XML that may be written as it is. Untrusted text gets into it only through text() and
/// the values of attributes, which escape it; so nothing else can be markup.
class Markup {
 public:
  using Attributes = std::vector<std::pair<std::string_view, std::string>>;

  Markup() = default;
  /// `untrusted` as visible() shows it, with what is markup escaped.
  static Markup text(std::string_view untrusted);
  /// An element with its end tag. Name and names of attributes are capmin's own.
  static Markup element(std::string_view name, const Attributes& attributes, const Markup& content);
  /// The same without attributes.
  static Markup element(std::string_view name, const Markup& content);
  /// Markup of capmin's own, as it is: never anything that came from outside.
  static Markup own(std::string_view markup);

  Markup& operator+=(const Markup& other);
  friend Markup operator+(Markup a, const Markup& b) { return std::move(a += b); }
  const std::string& string() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

/// `text` as a Markdown code span that may stand in a table: nothing in it is active, neither
/// markup nor links nor mentions. Shown as shown() shows it.
std::string code_span(std::string_view text);

}  // namespace capmin
