#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace capmin {

/// A time for people: "0.9 s", and "12 s" from ten seconds on. Less than nothing counts as 0.
std::string seconds_text(double seconds);

/// A time that is not known well: "about 40 s", "about 12 min", "about 2.5 h".
std::string about(double seconds);

/// "1 trial", "2 trials".
std::string counted(std::integral auto count, std::string_view noun) {
  return std::to_string(count).append(" ").append(noun).append(count == 1 ? "" : "s");
}

/// The texts one after another, with `between` between them.
std::string joined(const std::vector<std::string>& texts, std::string_view between);

/// The parts of `text` between separators; one more than there are separators, also where they are
/// empty.
std::vector<std::string> split(std::string_view text, char separator);

/// What stands before the first `separator` and what behind it, which is empty where there is none.
std::pair<std::string, std::string> split_at(std::string_view text, char separator);

/// Rows of a label, a short text and a longer one, for a terminal or a log.
class Columns {
 public:
  void add(std::string label, std::string middle, std::string text);

  /// The rows, indented by two blanks, each column as wide as it must be; where that leaves too
  /// little for the longer texts, these stand below. Texts are broken at blanks so that lines have
  /// at most `width` characters; a longer word keeps a line to itself.
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
