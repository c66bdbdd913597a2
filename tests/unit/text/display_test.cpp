#include "text/display.h"

#include "text/words.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

TEST_CASE("columns are counted as a terminal shows them") {
  CHECK(columns_of("abc") == 3);
  CHECK(columns_of("caf\xc3\xa9") == 4);
  CHECK(columns_of("e\xcc\x81") == 1);                 // a combining accent
  CHECK(columns_of("\xe6\x97\xa5\xe6\x9c\xac") == 4);  // wide characters
  CHECK(columns_of("\xf0\x9f\x90\xb3") == 2);
  CHECK(columns_of("\x1b[31mred\x1b[0m") == 3);
  CHECK(columns_of("\xff") == 1);
}

TEST_CASE("a long line is cut, and says so") {
  CHECK(cut("abcdef", 6) == "abcdef");
  CHECK(cut("abcdefg", 6) == "abc...");
  CHECK(cut("abcdefg", 2) == "..");
  CHECK(cut("abc", 0).empty());
}

TEST_CASE("no character is cut in two") {
  CHECK(cut("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 5) == "\xe6\x97\xa5...");
  CHECK(cut("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 4) == "...");
}

TEST_CASE("lines are folded at blanks, and what follows is indented more") {
  CHECK(fold("one two three", 80) == "one two three");
  CHECK(fold("one two three four", 10) == "one two\n    three\n    four");
  CHECK(fold("  hint: a b c d e f", 14) == "  hint: a b c\n      d e f");
  CHECK(fold("short\nlong long long\n", 10) == "short\nlong long\n    long\n");
}

TEST_CASE("blanks between words stay where a line is not folded") {
  CHECK(fold("a  b   c d", 8) == "a  b   c\n    d");
}

TEST_CASE("a word longer than a line is broken where the line ends") {
  CHECK(fold("see /very/long/path", 12) == "see\n    /very/lo\n    ng/path");
}

TEST_CASE("no fold makes a line that a CI system executes") {
  CHECK(fold("abcde ::error::x", 8).find("\n    :") == std::string::npos);
  CHECK(fold("abcdefgh::::error::x", 9).find("\n    :") == std::string::npos);
  CHECK(fold("abcdefgh ##vso[x]", 9).find("\n    #") == std::string::npos);
}

TEST_CASE("colours take no room and stay whole") {
  CHECK(fold("\x1b[2mone two\x1b[0m three", 10) == "\x1b[2mone two\x1b[0m\n    three");
}

TEST_CASE("whatever the width, no line is longer") {
  const std::string text =
      "error: the probe fails even with Docker's 14 capabilities, 2 times out of 2\n"
      "  cause: \xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e says "
      "/a/path/that/is/longer/than/any/line/could/be/at/sixty/columns/wide";
  for (std::size_t width = 20; width <= 200; ++width) {
    for (const std::string& line : split(fold(text, width), '\n')) {
      CHECK(columns_of(line) <= width);
    }
  }
}

}  // namespace
}  // namespace capmin
