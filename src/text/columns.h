#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// Rows of a label, a short text and a longer one, for a terminal or a log.
class Columns {
 public:
  void add(std::string label, std::string middle, std::string text);

  /// The rows, indented by two blanks, each column as wide as it must be. Texts are broken at
  /// blanks so that lines have at most `width` characters; a longer word keeps a line to itself.
  std::string to_string(std::size_t width) const;

 private:
  struct Row {
    std::string label;
    std::string middle;
    std::string text;
  };
  std::vector<Row> rows_;
};

/// `text` broken at blanks into lines of at most `width` characters; a longer word stays whole.
/// No line but the first begins with "::".
std::vector<std::string> wrap(std::string_view text, std::size_t width);

}  // namespace capmin
