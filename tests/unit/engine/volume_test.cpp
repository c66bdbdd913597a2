#include "engine/container_spec.h"
#include "expect_error.h"

#include <doctest/doctest.h>

#include <filesystem>

namespace capmin {
namespace {

using Kind = Volume::Kind;

TEST_CASE("the three kinds of a volume are told apart") {
  CHECK(parse_volume("/data").kind == Kind::kAnonymous);
  CHECK(parse_volume("data:/data").kind == Kind::kNamed);
  CHECK(parse_volume("/srv:/data").kind == Kind::kBind);
  CHECK(parse_volume("./srv:/data").source == std::filesystem::current_path() / "srv");
}

TEST_CASE("ro is found among the options") {
  CHECK(parse_volume("/srv:/data:ro").read_only);
  CHECK(parse_volume("/srv:/data:z,ro").read_only);
  CHECK_FALSE(parse_volume("/srv:/data:rw").read_only);
  CHECK_FALSE(parse_volume("/srv:/data").read_only);
}

TEST_CASE("a volume is written as it was read") {
  for (const char* text : {"/data", "data:/data", "/srv:/data:ro", "name:/data:nocopy"}) {
    CHECK(to_argument(parse_volume(text)) == text);
  }
}

TEST_CASE("what is no volume is refused") {
  for (const char* text : {"", "data", "data:data", ":/data", "/a:/b:ro:x", "a:"}) {
    CHECK(code_of([text] { parse_volume(text); }) == ExitCode::kUsage);
  }
}

}  // namespace
}  // namespace capmin
