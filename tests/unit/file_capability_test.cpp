#include "engine/file_capability.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using namespace std::string_literals;
using enum Capability;

// setcap cap_net_raw=ep, as Debian's iputils-ping has it.
const std::string kPing =
    "\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"s;

/// A header block of the ustar format.
std::string header(char type, std::size_t size, const std::string& link = {}) {
  std::string block(512, '\0');
  std::string digits(11, '0');
  for (std::size_t i = digits.size(); i-- > 0; size /= 8) {
    digits[i] = static_cast<char>('0' + size % 8);
  }
  block.replace(124, digits.size(), digits);
  block[156] = type;
  block.replace(157, link.size(), link);
  block.replace(257, 5, "ustar");
  return block;
}

std::string padded(std::string text) {
  text.resize((text.size() + 511) / 512 * 512, '\0');
  return text;
}

/// A file that carries `attribute`, with the record that docker writes.
std::string archive(const std::string& attribute) {
  const std::string rest = " SCHILY.xattr.security.capability=" + attribute + '\n';
  const std::string record = std::to_string(rest.size() + 2) + rest;
  return header('x', record.size()) + padded(record) + header('0', 100) + std::string(512, 'E');
}

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

TEST_CASE("the attribute is found in the extended header of an archive, NUL bytes and all") {
  const auto entry = first_tar_entry(archive(kPing));
  REQUIRE(entry);
  CHECK(entry->kind == TarEntry::Kind::kFile);
  CHECK(entry->capability == parse_file_capability(kPing));
}

TEST_CASE("a file without an extended header carries nothing") {
  const auto entry = first_tar_entry(header('0', 3) + padded("abc"));
  REQUIRE(entry);
  CHECK(entry->kind == TarEntry::Kind::kFile);
  CHECK_FALSE(entry->capability);
}

TEST_CASE("a symbolic link tells where it leads to") {
  const auto link = first_tar_entry(header('2', 0, "dash"));
  REQUIRE(link);
  CHECK(link->kind == TarEntry::Kind::kSymbolicLink);
  CHECK(link->link == "dash");
  const std::string record = "17 linkpath=/a/b\n";
  const auto longer = first_tar_entry(header('x', record.size()) + padded(record) + header('2', 0));
  REQUIRE(longer);
  CHECK(longer->link == "/a/b");
}

TEST_CASE("a directory is neither") {
  const auto entry = first_tar_entry(header('5', 0));
  REQUIRE(entry);
  CHECK(entry->kind == TarEntry::Kind::kOther);
}

TEST_CASE("bytes that are no archive give nothing, wherever they end or are wrong") {
  const std::string whole = archive(kPing).substr(0, 1536);
  for (const std::size_t size : {0U, 1U, 511U, 512U, 513U, 1024U, 1535U}) {
    CAPTURE(size);
    CHECK_FALSE(first_tar_entry(whole.substr(0, size)));
  }
  for (const char* const record : {"x", "99 a=b\n", "2 a=b\n", "0 a=b\n", "6 ab\n", "-1 a=b\n",
                                   "99999999999999999999 a=b\n"}) {
    CAPTURE(record);
    const std::string text = record;
    CHECK_FALSE(first_tar_entry(header('x', text.size()) + padded(text) + header('0', 0)));
  }
  std::string no_size = header('0', 0);
  no_size.replace(124, 11, "garbage....");
  CHECK_FALSE(first_tar_entry(no_size));
}

}  // namespace
}  // namespace capmin
