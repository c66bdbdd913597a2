#include "text/sanitize.h"

#include <doctest/doctest.h>

#include <string>

namespace capmin {
namespace {

TEST_CASE("plain text stays as it is") {
  CHECK(sanitize("bind: Permission denied") == "bind: Permission denied");
  CHECK(sanitize("größer ‘a’ 許可 🙂") == "größer ‘a’ 許可 🙂");
}

TEST_CASE("H10: escape sequences are removed in their seven-bit and eight-bit forms") {
  CHECK(sanitize("\x1b[1;31mred\x1b[0m") == "red");
  CHECK(sanitize("\x1b[2J\x1b[Hclean") == "clean");
  CHECK(sanitize("\x1b]0;title\x07text") == "text");
  CHECK(sanitize("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\") == "link");
  CHECK(sanitize("\x1bP1$r\x1b\\text") == "text");
  CHECK(sanitize("\x1b(Btext\x1b"
                 "c") == "text");
  CHECK(sanitize("\xc2\x9b"
                 "31mred") == "red");
  CHECK(sanitize("\xc2\x9d"
                 "0;title\xc2\x9ctext") == "text");
}

TEST_CASE("a control string without an end hides nothing") {
  CHECK(sanitize("\x1b]0;the rest is shown") == "0;the rest is shown");
}

TEST_CASE("H10: control characters go and bidirectional controls go") {
  CHECK(sanitize(std::string("a\0b\x7f"
                             "c\b",
                             6)) == "abc");
  CHECK(sanitize("user\xe2\x80\xae"
                 "txt.exe\xe2\x81\xa6\xe2\x80\x8f\xd8\x9c") == "usertxt.exe");
}

TEST_CASE("line breaks and tabs become blanks, blanks at both ends go") {
  CHECK(sanitize("\n a\tb\r\nc \xe2\x80\xa8"
                 "d \n") == "a b  c  d");
  CHECK(sanitize(" \t ").empty());
}

TEST_CASE("bytes that are not UTF-8 become the replacement character") {
  CHECK(sanitize("a\xff"
                 "b") ==
        "a\xef\xbf\xbd"
        "b");
  CHECK(sanitize("\xc0\xaf") == "\xef\xbf\xbd\xef\xbf\xbd");          // an overlong slash
  CHECK(sanitize("\xed\xa0\x80").find('\xed') == std::string::npos);  // a surrogate
  CHECK(sanitize("\x9b"
                 "31mred") ==
        "\xef\xbf\xbd"
        "31mred");
}

TEST_CASE("a long text is cut at a character and says so") {
  CHECK(sanitize("abcdefgh", 8) == "abcdefgh");
  CHECK(sanitize("abcdefghi", 8) == "abcde...");
  CHECK(sanitize("abcd\xc3\xa4"
                 "efgh",
                 8) == "abcd...");
  CHECK(sanitize("abcd        ", 8) == "abcd");
  CHECK(sanitize("abcdef", 2) == "ab");
  CHECK(sanitize(std::string(100'000, 'x')).size() == 400);
}

TEST_CASE("many unfinished control strings are read in linear time") {
  std::string hostile;
  for (int i = 0; i < 300'000; ++i) {
    hostile += "\x1b]";
  }
  CHECK(sanitize(hostile).empty());
}

}  // namespace
}  // namespace capmin
