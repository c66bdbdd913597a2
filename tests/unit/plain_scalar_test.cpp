#include "yaml/plain_scalar.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

TEST_CASE("plain scalars that a parser could take for another type are no text") {
  for (const char* const scalar : {"", "~", "yes", "No", "ON", "off", "true", "False", "NULL", "y",
                                   "N", "1.27", "-1", ".inf", "0x10", "2026-11-23", "<<", "="}) {
    CAPTURE(scalar);
    CHECK_FALSE(is_plain_text(scalar));
  }
}

TEST_CASE("plain scalars that begin with a letter or a slash are text") {
  for (const char* const scalar : {"nginx:1.27", "/health.sh", "CHOWN", "capmin/v1", "yess", "x"}) {
    CAPTURE(scalar);
    CHECK(is_plain_text(scalar));
  }
}

TEST_CASE("a plain word has letters and digits only") {
  CHECK(is_plain_word("sha256"));
  CHECK_FALSE(is_plain_word("a.b"));
  CHECK_FALSE(is_plain_word("x"));
  CHECK_FALSE(is_plain_word("yes"));
}

}  // namespace
}  // namespace capmin
