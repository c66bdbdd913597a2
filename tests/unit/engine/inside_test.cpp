#include "engine/inside.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

const std::string kStatus = "Name:\tcat\nSeccomp:\t2\nSeccomp_filters:\t1\n";
const std::string kHostMap = "         0          0 4294967295\n";

TEST_CASE("ports, ping, seccomp and the user namespace of a container are read") {
  const auto view = parse_inside("1024\n1\t0\n" + kStatus + kHostMap);
  REQUIRE(view);
  CHECK(view->unprivileged_port_start == 1024);
  CHECK(view->ping_first == 1);
  CHECK(view->ping_last == 0);
  CHECK(view->filtered);
  CHECK_FALSE(view->own_user_namespace);
}

TEST_CASE("docker's open settings are read") {
  const auto view = parse_inside("0\n0\t2147483647\nSeccomp:\t0\n" + kHostMap);
  REQUIRE(view);
  CHECK(view->unprivileged_port_start == 0);
  CHECK(view->ping_last == 2147483647);
  CHECK_FALSE(view->filtered);
}

TEST_CASE("any other map of users is another user namespace") {
  const auto own = [](const std::string& map) {
    return parse_inside("0\n0\t0\n" + kStatus + map)->own_user_namespace;
  };
  CHECK(own("         0       1000          1\n         1     100000      65536\n"));
  CHECK(own("         0     100000      65536\n"));
  CHECK_FALSE(own(kHostMap));
}

TEST_CASE("groups that a user namespace does not map are nobody's") {
  const std::string open = "1024\n65534\t65534\n" + kStatus;
  CHECK(parse_inside(open + "0 1000 1\n")->ping_first == 1);
  CHECK(parse_inside(open + "0 1000 1\n")->ping_last == 0);
  CHECK(parse_inside(open + kHostMap)->ping_first == 65534);
}

TEST_CASE("what is cut short or something else is no view") {
  CHECK_FALSE(parse_inside(""));
  CHECK_FALSE(parse_inside("1024\n1\t0\n"));
  CHECK_FALSE(parse_inside("1024\n1\t0\n" + kStatus));
  CHECK_FALSE(parse_inside("cat: can't open '/proc/sys/net'\n" + kStatus + kHostMap));
}

}  // namespace
}  // namespace capmin
