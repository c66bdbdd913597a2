#include "system/file.h"

#include "expect_error.h"
#include "scratch.h"

#include <doctest/doctest.h>

#include <sys/stat.h>

namespace capmin {
namespace {

namespace fs = std::filesystem;

TEST_CASE("a file is written whole and read back") {
  const Scratch scratch;
  write_file(scratch.path / "a", "first");
  write_file(scratch.path / "a", "second");
  CHECK(read_file(scratch.path / "a") == "second");
  CHECK(scratch.entries() == 1);
}

TEST_CASE("an existing file keeps its mode") {
  const Scratch scratch;
  write_file(scratch.path / "a", "first");
  ::chmod((scratch.path / "a").c_str(), 0600);
  write_file(scratch.path / "a", "second");
  CHECK(fs::status(scratch.path / "a").permissions() ==
        (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("H17: links, directories and devices are refused, and what they lead to is untouched") {
  const Scratch scratch;
  write_file(scratch.path / "target", "old");
  fs::create_symlink("target", scratch.path / "link");
  fs::create_directory(scratch.path / "directory");
  ::mkfifo((scratch.path / "fifo").c_str(), 0600);
  for (const char* name : {"link", "directory", "fifo", "missing/file"}) {
    CHECK(code_of([&] { write_file(scratch.path / name, "new"); }) == ExitCode::kOutput);
    CHECK(code_of([&] { check_writable(scratch.path / name); }) == ExitCode::kOutput);
  }
  CHECK(read_file(scratch.path / "target") == "old");
  CHECK(scratch.entries() == 4);
}

TEST_CASE("asking whether a file can be written changes nothing") {
  const Scratch scratch;
  check_writable(scratch.path / "a");
  CHECK(scratch.entries() == 0);
}

TEST_CASE("only regular files up to the limit are read") {
  const Scratch scratch;
  write_file(scratch.path / "a", "12345");
  CHECK(read_file(scratch.path / "a", 5) == "12345");
  CHECK(code_of([&] { read_file(scratch.path / "a", 4); }) == ExitCode::kUsage);
  CHECK(code_of([&] { read_file(scratch.path); }) == ExitCode::kUsage);
  CHECK(code_of([&] { read_file(scratch.path / "missing"); }) == ExitCode::kUsage);
  CHECK(code_of([&] { read_file("/dev/zero"); }) == ExitCode::kUsage);
}

TEST_CASE("SHA-256 agrees with its standard's example") {
  // FIPS 180-4, example "abc".
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace capmin
