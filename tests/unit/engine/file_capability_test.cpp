#include "engine/tar_reader.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using namespace std::string_literals;
using enum Capability;

// setcap cap_net_raw=ep, as Debian's iputils-ping has it.
const std::string kPing =
    "\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"s;

TEST_CASE("the attribute that setcap writes is read") {
  const auto capability = parse_file_capability(kPing);
  REQUIRE(capability);
  CHECK(capability->permitted == CapabilitySet{kNetRaw});
  CHECK(capability->inheritable.empty());
  CHECK(capability->effective);
  CHECK(capability->needed_to_execute() == CapabilitySet{kNetRaw});
}

TEST_CASE("a program without the effective bit is executed whatever it may hold") {
  std::string bytes = kPing;
  bytes[0] = '\0';
  const auto capability = parse_file_capability(bytes);
  REQUIRE(capability);
  CHECK(capability->permitted == CapabilitySet{kNetRaw});
  CHECK(capability->needed_to_execute().empty());
}

TEST_CASE("capabilities above 31 and the two sets are told apart") {
  // BPF (39) permitted, CHOWN (0) and CHECKPOINT_RESTORE (40) inheritable.
  const auto capability = parse_file_capability(
      "\x01\x00\x00\x02\x00\x00\x00\x00\x01\x00\x00\x00\x80\x00\x00\x00\x00\x01\x00\x00"s);
  REQUIRE(capability);
  CHECK(capability->permitted == CapabilitySet{kBpf});
  CHECK(capability->inheritable == CapabilitySet{kChown, kCheckpointRestore});
}

TEST_CASE("bits that the kernel has no name for are left out") {
  const auto capability = parse_file_capability("\x01\x00\x00\x02"s + std::string(16, '\xff'));
  REQUIRE(capability);
  CHECK(capability->permitted.size() == static_cast<int>(kCapabilityCount));
}

TEST_CASE("revision 1 has one word for each set, revision 3 the id of a user namespace's root") {
  const auto first = parse_file_capability("\x01\x00\x00\x01\x00\x20\x00\x00\x00\x00\x00\x00"s);
  REQUIRE(first);
  CHECK(first->permitted == CapabilitySet{kNetRaw});
  std::string third = kPing + "\xe8\x03\x00\x00"s;
  third[3] = '\x03';
  CHECK(parse_file_capability(third) == parse_file_capability(kPing));
}

TEST_CASE("bytes that are no file capability give none") {
  CHECK_FALSE(parse_file_capability(""));
  CHECK_FALSE(parse_file_capability("\x01\x00\x00"s));
  CHECK_FALSE(parse_file_capability(kPing.substr(0, 19)));
  CHECK_FALSE(parse_file_capability(kPing + "\xe8\x03\x00\x00"s));
  CHECK_FALSE(parse_file_capability("\x01\x00\x00\x07"s + kPing.substr(4)));
}

}  // namespace
}  // namespace capmin
