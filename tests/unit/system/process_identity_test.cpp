#include "system/process_identity.h"

#include <doctest/doctest.h>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

namespace capmin {
namespace {

TEST_CASE("an identity reads back as it was written") {
  const ProcessIdentity own = own_identity();
  CHECK(own.pid == ::getpid());
  CHECK(parse_identity(to_string(own)) == own);
  CHECK(process_identity() == to_string(own));
}

TEST_CASE("H22: what is no identity is none") {
  const std::string good = "12:34:ab-cd:56:0123456789abcdef";
  REQUIRE(parse_identity(good));
  CHECK(parse_identity("12:34:ab-cd:56:unknown"));
  for (const char* bad :
       {"", ":", "12", "12:34:ab-cd", "12:34:ab-cd:56", "12:34:ab-cd:56:", "0:34:ab-cd:56:unknown",
        "-1:34:ab-cd:56:unknown", "12x:34:ab-cd:56:unknown", " 12:34:ab-cd:56:unknown",
        "12::ab-cd:56:unknown", "12:34::56:unknown", "12:34:AB:56:unknown",
        "12:34:ab-cd:5 6:unknown", "12:34:ab-cd:56:somewhere", "12:34:ab-cd:56:unknown:",
        "12:34:ab-cd:56:unknown:7", "99999999999:34:ab-cd:56:unknown", "12:34:ab/cd:56:unknown"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_identity(bad));
  }
  CHECK_FALSE(parse_identity(good + std::string(1000, '0')));
}

TEST_CASE("a process that runs is present, and one that took its number over is another") {
  ProcessIdentity own = own_identity();
  CHECK(presence_of(own) == Presence::kRuns);
  own.start = "1";
  CHECK(presence_of(own) == Presence::kEnded);
}

TEST_CASE("a process has ended when nobody has waited for it yet, and afterwards") {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  siginfo_t ended{};
  ::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT);
  ProcessIdentity identity = own_identity();
  identity.pid = child;
  CHECK(presence_of(identity) == Presence::kEnded);
  ::waitpid(child, nullptr, 0);
  CHECK(presence_of(identity) == Presence::kEnded);
}

TEST_CASE("an earlier boot of this machine is over; of another machine nothing is known") {
  ProcessIdentity here = own_identity();
  here.machine = "0123456789abcdef";
  ProcessIdentity other = here;
  other.boot = "00000000-0000";
  CHECK(presence_of(other, here) == Presence::kEnded);
  other.machine = "fedcba9876543210";
  CHECK(presence_of(other, here) == Presence::kUnknown);
  other.machine = here.machine = "unknown";
  CHECK(presence_of(other, here) == Presence::kUnknown);
}

TEST_CASE("of another pid namespace nothing is known, although a process has that number") {
  ProcessIdentity other = own_identity();
  other.space = "1";
  CHECK(presence_of(other) == Presence::kUnknown);
}

}  // namespace
}  // namespace capmin
