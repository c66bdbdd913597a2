#include "text/markup.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

TEST_CASE("a code span outlasts the backticks in it") {
  CHECK(code_span("a") == "` a `");
  CHECK(code_span("`a`") == "`` `a` ``");
  CHECK(code_span("``") == "``` `` ```");
}

TEST_CASE("a bar does not end a cell of a table") {
  CHECK(code_span("a|b") == "` a\\|b `");
}

TEST_CASE("a line break does not end a row") {
  CHECK(code_span("a\nb") == R"(` "a\nb" `)");
}

}  // namespace
}  // namespace capmin
