#include "engine/tar_reader.h"

#include <doctest/doctest.h>

#include <vector>

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

/// A header with a name, a mode and an owner, in octal digits.
std::string named(const std::string& name, const std::string& mode, const std::string& uid,
                  char type = '0', std::size_t size = 0) {
  std::string block = header(type, size);
  block.replace(0, name.size(), name);
  block.replace(100, mode.size(), mode);
  block.replace(108, uid.size(), uid);
  return block;
}

/// The entries of an archive that comes in pieces of `piece` bytes, and whether it came whole.
std::pair<std::vector<TarEntry>, bool> entries(const std::string& bytes, std::size_t piece) {
  std::vector<TarEntry> found;
  TarReader reader([&found](const TarEntry& entry) { found.push_back(entry); });
  for (std::size_t i = 0; i < bytes.size(); i += piece) {
    reader.add(std::string_view(bytes).substr(i, piece));
  }
  return {found, reader.complete()};
}

TEST_CASE("all entries are read, whatever the pieces that an archive comes in") {
  const std::string bytes = named("bin/su", "0004755", "0000000", '0', 700) +
                            padded(std::string(700, 'E')) + archive(kPing).substr(0, 1536) +
                            padded(std::string(100, 'E')) +
                            named("home", "0000755", "0001750", '5') + std::string(1024, '\0');
  for (const std::size_t piece : {1U, 7U, 512U, 513U, 100000U}) {
    CAPTURE(piece);
    const auto [found, complete] = entries(bytes, piece);
    CHECK(complete);
    REQUIRE(found.size() == 3);
    CHECK(found[0].path == "bin/su");
    CHECK(found[0].mode == 04755);
    CHECK(found[0].uid == 0);
    CHECK_FALSE(found[0].capability);
    CHECK(found[1].capability == parse_file_capability(kPing));
    CHECK(found[2].kind == TarEntry::Kind::kOther);
    CHECK(found[2].uid == 01750);
    CHECK_FALSE(found[2].capability);
  }
}

TEST_CASE("names that are too long for a header stand before it, in both formats") {
  const std::string pax = "16 path=usr/a/b\n";
  const std::string bytes = header('x', pax.size()) + padded(pax) + header('0', 0) +
                            header('L', 8) + padded("usr/c/d"s + '\0') + header('0', 0) +
                            std::string(1024, '\0');
  const auto [found, complete] = entries(bytes, 100);
  CHECK(complete);
  REQUIRE(found.size() == 2);
  CHECK(found[0].path == "usr/a/b");
  CHECK(found[1].path == "usr/c/d");
}

TEST_CASE("an archive that is cut off or broken is not taken for a whole one") {
  const std::string bytes = named("a", "0000755", "0000000", '0', 600) +
                            padded(std::string(600, 'E')) + named("b", "0000755", "0000000");
  CHECK_FALSE(entries(bytes, 100).second);
  CHECK_FALSE(entries(bytes.substr(0, 700), 100).second);
  CHECK_FALSE(entries(bytes + std::string(512, 'x'), 100).second);
  CHECK_FALSE(entries("", 1).second);
  // A text that would take more memory than a name or an attribute can.
  CHECK_FALSE(entries(header('x', 1U << 24U) + std::string(1U << 21U, 'x'), 4096).second);
}

}  // namespace
}  // namespace capmin
