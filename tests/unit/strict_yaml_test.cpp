#include "yaml/strict_yaml.h"

#include "core/error.h"
#include "yaml/yaml_reader.h"

#include <doctest/doctest.h>

#include <functional>
#include <string>

namespace capmin {
namespace {

std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& e) {
    CHECK(e.code() == ExitCode::kUsage);
    return e.what();
  }
  return "accepted";
}

std::string refusal_of(const std::string& text, const YamlLimits& limits = {}) {
  return refusal([&] { parse_strict_yaml(text, "f.yaml", limits); });
}

TEST_CASE("maps, lists and scalars are read with their places") {
  const YamlNode root = parse_strict_yaml("a: 1\nb:\n  - 'x'\n  - y\nc:\n", "f.yaml");
  REQUIRE(root.kind == YamlNode::Kind::kMap);
  REQUIRE(root.items.size() == 3);
  CHECK(root.items[0].key == "a");
  CHECK(root.items[0].text == "1");
  CHECK_FALSE(root.items[0].quoted);
  CHECK(root.items[1].key_at.line == 2);
  REQUIRE(root.items[1].items.size() == 2);
  CHECK(root.items[1].items[0].quoted);
  CHECK(root.items[1].items[1].at.line == 4);
  CHECK(root.items[1].items[1].at.column == 5);
  CHECK(root.items[2].kind == YamlNode::Kind::kNull);
}

TEST_CASE("an empty text is nothing") {
  CHECK(parse_strict_yaml("", "f.yaml").kind == YamlNode::Kind::kNull);
}

TEST_CASE("what capmin's files do not use is refused with its place") {
  CHECK(refusal_of("a: &x 1\n") ==
        "f.yaml:1:4: an anchor (&name) is not allowed; write the value out");
  CHECK(refusal_of("a: &x 1\nb: *x\n").find("f.yaml:1:") == 0);
  CHECK(refusal_of("a: !!str 1\n").find("a tag (!name) is not allowed") != std::string::npos);
  CHECK(refusal_of("a: 1\nb: 2\na: 3\n") ==
        "f.yaml:3:1: the key \"a\" stands twice, first in line 1");
  CHECK(refusal_of("[a]: 1\n").find("a key must be a single word") != std::string::npos);
  CHECK(refusal_of("--- a\n--- b\n").find("a second document") != std::string::npos);
  CHECK(refusal_of(std::string("a: \0", 4)) == "f.yaml:1:4: a control character");
  CHECK(refusal_of("a: [1\n").find("f.yaml:") == 0);
  CHECK(refusal_of("a: 1\n b: 2\n").find("f.yaml:2:") == 0);
}

TEST_CASE("size, number of values and depth are bounded") {
  CHECK(refusal_of("a: 1234567\n", {10, 10, 10}) == "f.yaml: 11 bytes; at most 10 are read");
  CHECK(refusal_of("[1,2,3]", {100, 3, 10}).find("more than 3 values") != std::string::npos);
  CHECK(refusal_of(std::string(20, '[') + std::string(20, ']'))
            .find("nested deeper than 16 levels") != std::string::npos);
}

TEST_CASE("readers name the place of a value of the wrong type") {
  const YamlNode root = parse_strict_yaml("n: 12\ns: 'x'\nl: [a, b]\nb: true\nq: '1'\n", "f.yaml");
  const YamlMapReader map(root, "f.yaml", {"n", "s", "l", "b", "q"});
  CHECK(read_integer(map.require("n"), "f.yaml", 0, 20) == 12);
  CHECK(read_string(map.require("s"), "f.yaml") == "x");
  CHECK(read_strings(map.require("l"), "f.yaml").size() == 2);
  CHECK(read_bool(map.require("b"), "f.yaml"));
  CHECK(map.find("z") == nullptr);
  CHECK(refusal([&] { map.require("z"); }) == "f.yaml:1:1: the key \"z\" is missing");
  CHECK(refusal([&] { read_integer(map.require("n"), "f.yaml", 0, 5); }) ==
        "f.yaml:1:4: \"12\" is not a whole number from 0 to 5");
  CHECK(refusal([&] { read_integer(map.require("q"), "f.yaml", 0, 5); }).find("f.yaml:5:4") == 0);
  CHECK(refusal([&] { read_string(map.require("l"), "f.yaml"); }) ==
        "f.yaml:3:4: \"l\" must be a single value, not a list");
  CHECK(refusal([&] { read_bool(map.require("n"), "f.yaml"); }).find("neither true nor false") !=
        std::string::npos);
  CHECK(refusal([&] { YamlMapReader(root, "f.yaml", {"n"}); }) == "f.yaml:2:1: unknown key \"s\"");
}

}  // namespace
}  // namespace capmin
