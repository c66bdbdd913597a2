#include "document/plain_scalar.h"

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

TEST_CASE("what YAML 1.1 or 1.2 takes for something else is no string") {
  for (const char* const scalar : {"",
                                   "~",
                                   "null",
                                   "Null",
                                   "yes",
                                   "No",
                                   "ON",
                                   "off",
                                   "true",
                                   "False",
                                   "y",
                                   "N",
                                   "<<",
                                   "=",
                                   "0",
                                   "-1",
                                   "+12",
                                   "1_000",
                                   "0x1F",
                                   "0b11",
                                   "0o17",
                                   "017",
                                   "1.27",
                                   "1.",
                                   ".5",
                                   "-.5",
                                   "1e3",
                                   "1.0e+05",
                                   "685.230_15e+03",
                                   ".inf",
                                   "-.INF",
                                   ".NaN",
                                   "1:30",
                                   "190:20:30.15",
                                   "-1:30",
                                   "2026-11-23",
                                   "2026-1-2",
                                   "2026-11-23T02:14:09Z",
                                   "2026-11-23 02:14:09.5 +2"}) {
    CAPTURE(scalar);
    CHECK_FALSE(is_string(scalar));
  }
}

TEST_CASE("everything else is a string") {
  for (const char* const scalar : {"nginx:1.27",
                                   "/health.sh",
                                   "20.10.24",
                                   "6.1.0-18-amd64",
                                   "0:0",
                                   "1000:1000",
                                   "1:2:3.4.5",
                                   "--env KEY",
                                   "-",
                                   "-x",
                                   "+",
                                   ".",
                                   "..",
                                   "./health.sh",
                                   "_",
                                   "_1",
                                   "1a",
                                   "0xyz",
                                   "0o9x",
                                   "1e",
                                   "1:60",
                                   "1:",
                                   ":1",
                                   "2026-11",
                                   "2026-11-23-1",
                                   "20261-1-1",
                                   "100%",
                                   "e3",
                                   "inf",
                                   "4c0fdaa8",
                                   "a: b",
                                   "(none)",
                                   "net.ipv4.ip_unprivileged_port_start > 80",
                                   "größe"}) {
    CAPTURE(scalar);
    CHECK(is_string(scalar));
  }
}

TEST_CASE("a plain word has letters and digits only") {
  CHECK(is_plain_word("sha256"));
  CHECK(is_plain_word("cap_add"));
  CHECK(is_plain_word("x-capmin"));
  CHECK_FALSE(is_plain_word("a.b"));
  CHECK_FALSE(is_plain_word("x"));
  CHECK_FALSE(is_plain_word("yes"));
}

}  // namespace
}  // namespace capmin
