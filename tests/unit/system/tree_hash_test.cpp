#include "scratch.h"
#include "system/file.h"

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <sys/stat.h>

namespace capmin {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

TEST_CASE("a tree has the same hash until something that a container could see changes") {
  const Scratch scratch;
  const fs::path tree = scratch.path / "tree";
  fs::create_directories(tree / "conf.d");
  write(tree / "conf.d" / "site.conf", "listen 80");
  fs::create_symlink("conf.d/site.conf", tree / "current");
  const auto before = tree_hash(tree);
  REQUIRE(before.has_value());
  fs::last_write_time(tree / "conf.d" / "site.conf", fs::file_time_type::clock::now());
  CHECK(tree_hash(tree) == before);

  SUBCASE("content of the same size") {
    write(tree / "conf.d" / "site.conf", "listen 81");
  }
  SUBCASE("a mode") {
    ::chmod((tree / "conf.d" / "site.conf").c_str(), 0600);
  }
  SUBCASE("a name") {
    fs::rename(tree / "conf.d" / "site.conf", tree / "conf.d" / "Site.conf");
  }
  SUBCASE("a place") {
    fs::rename(tree / "conf.d" / "site.conf", tree / "site.conf");
  }
  SUBCASE("a new file, though empty") {
    write(tree / "empty", "");
  }
  SUBCASE("where a link points") {
    fs::remove(tree / "current");
    fs::create_symlink("conf.d", tree / "current");
  }
  SUBCASE("a file in place of a directory") {
    fs::remove_all(tree / "conf.d");
    write(tree / "conf.d", "");
  }
  CHECK(tree_hash(tree).has_value());
  CHECK(tree_hash(tree) != before);
}

TEST_CASE("a mounted file is read through the link that names it") {
  const Scratch scratch;
  write(scratch.path / "one", "1");
  write(scratch.path / "two", "2");
  fs::create_symlink("one", scratch.path / "link");
  const auto one = tree_hash(scratch.path / "link");
  CHECK(one == tree_hash(scratch.path / "one"));
  fs::remove(scratch.path / "link");
  fs::create_symlink("two", scratch.path / "link");
  CHECK(tree_hash(scratch.path / "link") != one);
}

TEST_CASE("what is not there or too much has no hash") {
  const Scratch scratch;
  CHECK_FALSE(tree_hash(scratch.path / "missing").has_value());
  write(scratch.path / "a", "12345");
  write(scratch.path / "b", "12345");
  CHECK(tree_hash(scratch.path, {.bytes = 10, .entries = 3}).has_value());
  CHECK_FALSE(tree_hash(scratch.path, {.bytes = 9, .entries = 3}).has_value());
  CHECK_FALSE(tree_hash(scratch.path, {.bytes = 10, .entries = 2}).has_value());
}

}  // namespace
}  // namespace capmin
