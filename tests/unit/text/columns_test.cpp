#include "text/words.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using Lines = std::vector<std::string>;

TEST_CASE("text is broken at blanks") {
  CHECK(wrap("a bb ccc", 4) == Lines{"a bb", "ccc"});
  CHECK(wrap("  a   b  ", 80) == Lines{"a b"});
  CHECK(wrap("", 80).empty());
}

TEST_CASE("a word longer than a line stays whole") {
  CHECK(wrap("a /very/long/path b", 4) == Lines{"a", "/very/long/path", "b"});
}

TEST_CASE("no line is broken before what a CI system would execute") {
  CHECK(wrap("abcd ::error::x", 5) == Lines{"abcd ::error::x"});
}

TEST_CASE("columns are as wide as their widest entry") {
  Columns columns;
  columns.add("keep", "CHOWN", "x");
  columns.add("also", "NET_RAW", "y");
  CHECK(columns.to_string(80) ==
        "  keep CHOWN      x\n"
        "  also NET_RAW    y\n");
}

TEST_CASE("long entries continue below themselves") {
  Columns columns;
  columns.add("keep", "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL",
              "one two three four five six seven eight nine");
  CHECK(columns.to_string(88) ==
        "  keep AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER    one two three four five six seven eight\n"
        "       FSETID KILL                              nine\n");
}

TEST_CASE("where little room is left beside, texts stand below") {
  Columns columns;
  columns.add("keep", "AUDIT_WRITE CHOWN DAC_OVERRIDE", "one two three");
  columns.add("also", "", "four");
  CHECK(columns.to_string(40) ==
        "  keep AUDIT_WRITE CHOWN DAC_OVERRIDE\n"
        "       one two three\n"
        "  also four\n");
}

}  // namespace
}  // namespace capmin
