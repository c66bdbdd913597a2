#include "engine/container_process.h"

#include <doctest/doctest.h>

#include <unistd.h>

namespace capmin {
namespace {

TEST_CASE("a process is read from its status") {
  const auto process = parse_process(
      "Name:\tmy program\nUid:\t0\t33\t33\t33\nGid:\t0\t34\t34\t34\nCapEff:\t0000000000000001\n"
      "NoNewPrivs:\t1\n");
  REQUIRE(process);
  CHECK(process->name == "my program");
  CHECK(process->uid == 33);
  CHECK(process->gid == 34);
  CHECK(process->effective == CapabilitySet{Capability::kChown});
  CHECK(process->no_new_privs);
}

TEST_CASE("a status that lacks a line tells nothing") {
  CHECK_FALSE(parse_process(""));
  CHECK_FALSE(parse_process("Name:\tx\nUid:\t0\t0\t0\t0\nCapEff:\t0\nNoNewPrivs:\t0\n"));
  CHECK_FALSE(parse_process("Name:\tx\nUid:\tx\nGid:\t0\t0\t0\t0\nCapEff:\t0\nNoNewPrivs:\t0\n"));
}

TEST_CASE("processes outside the container's control group are not its own") {
  CHECK(processes_of_container("no-such-control-group", ::getpid()).empty());
}

}  // namespace
}  // namespace capmin
