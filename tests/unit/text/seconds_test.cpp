#include "text/words.h"

#include <doctest/doctest.h>

#include <limits>

namespace capmin {
namespace {

TEST_CASE("a time below ten seconds has one decimal, a longer one none") {
  CHECK(seconds_text(0) == "0.0 s");
  CHECK(seconds_text(0.94) == "0.9 s");
  CHECK(seconds_text(9.94) == "9.9 s");
  CHECK(seconds_text(9.96) == "10 s");
  CHECK(seconds_text(99.7) == "100 s");
}

TEST_CASE("a time that no clock shows is still a time") {
  CHECK(seconds_text(-1) == "0.0 s");
  CHECK(seconds_text(std::numeric_limits<double>::infinity()) == "1000000000 s");
}

TEST_CASE("a time that is not known well is told in rough words") {
  CHECK(about(4.4) == "about 4 s");
  CHECK(about(89) == "about 89 s");
  CHECK(about(150) == "about 3 min");
  CHECK(about(9000) == "about 2.5 h");
}

}  // namespace
}  // namespace capmin
