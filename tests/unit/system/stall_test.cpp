#include "system/stall.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using namespace std::chrono_literals;

constexpr const char* kCpu = "some avg10=50.02 avg60=51.98 avg300=47.49 total=2500000";
constexpr const char* kIo = "some avg10=0.00 avg60=0.19 avg300=0.45 total=500000";

TEST_CASE("the stall of a machine is what waited for processors, disks and the hypervisor") {
  CHECK(stall_of(kCpu, "", "", 100) == 2500ms);
  CHECK(stall_of(kCpu, kIo, "", 100) == 3000ms);
  CHECK(stall_of(kCpu, kIo, "cpu  4926934 133441 2722224 1222376 20265 0 13286 25 0 0", 100) ==
        3250ms);
}

TEST_CASE("a kernel that does not tell its stall has none, and odd words are no number") {
  CHECK(!stall_of("", kIo, "cpu 1 2 3 4 5 6 7 8", 100));
  CHECK(!stall_of("some avg10=1 total=-5", kIo, "", 100));
  CHECK(!stall_of("full avg10=1 total=5", kIo, "", 100));
  CHECK(!stall_of("some avg10=1 total=many", kIo, "", 100));
  CHECK(stall_of(kCpu, "some", "cpu 1 2 x 4", 100) == 2500ms);
}

TEST_CASE("the stall of this machine never falls") {
  const auto before = machine_stall();
  const auto after = machine_stall();
  CHECK(before.has_value() == after.has_value());
  CHECK(before <= after);
}

}  // namespace
}  // namespace capmin
