#include "expect_error.h"
#include "scratch.h"
#include "system/file.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

namespace fs = std::filesystem;

TEST_CASE("paths below a directory are taken, whether they exist or not") {
  const Scratch scratch;
  write_file(scratch.path / "probe.sh", "");
  CHECK(contained_path(scratch.path, "probe.sh") == scratch.path / "probe.sh");
  CHECK(contained_path(scratch.path, "./a/../new.yaml") == scratch.path / "new.yaml");
  CHECK(contained_path("", "new.yaml") == "new.yaml");
}

TEST_CASE("H18: paths that leave the directory are refused, also by links") {
  const Scratch scratch;
  const fs::path inside = scratch.path / "inside";
  fs::create_directory(inside);
  fs::create_directory(scratch.path / "inside-out");
  write_file(scratch.path / "probe.sh", "");
  fs::create_symlink("../probe.sh", inside / "link.sh");
  fs::create_symlink("..", inside / "up");
  fs::create_symlink("/nowhere/at/all", inside / "dangling");
  fs::create_symlink("../inside-out", inside / "sibling");
  for (const fs::path& path : {fs::path("../probe.sh"), fs::path("a/../../probe.sh"),
                               inside / "absolute.sh", fs::path("link.sh"), fs::path("up/probe.sh"),
                               fs::path("dangling"), fs::path("sibling/x")}) {
    CAPTURE(path.string());
    CHECK(code_of([&] { contained_path(inside, path); }) == ExitCode::kUsage);
  }
}

TEST_CASE("a link that stays inside is followed") {
  const Scratch scratch;
  write_file(scratch.path / "probe.sh", "");
  fs::create_symlink("probe.sh", scratch.path / "link.sh");
  CHECK(contained_path(scratch.path, "link.sh") == scratch.path / "link.sh");
}

}  // namespace
}  // namespace capmin
