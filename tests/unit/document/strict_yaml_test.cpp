#include "document/strict_yaml.h"

#include "core/error.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using namespace std::string_literals;

/// What reading `text` says; empty when it is accepted.
std::string refusal(const std::string& text, const YamlLimits& limits = {}) {
  try {
    parse_strict_yaml(text, "f.yaml", limits);
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::kUsage);
    return error.what();
  }
  return {};
}

std::string repeated(const std::string& text, std::size_t bytes) {
  std::string result;
  result.reserve(bytes);
  while (result.size() + text.size() <= bytes) {
    result += text;
  }
  return result;
}

TEST_CASE("a plain document is read with types, order and places kept") {
  const YamlNode root = parse_strict_yaml("a: 1\nb: [\"2\", x]\nc:\n", "f.yaml");
  REQUIRE(root.kind == YamlNode::Kind::kMap);
  REQUIRE(root.entries.size() == 3);
  CHECK(root.entries[0].key == "a");
  CHECK(root.entries[0].value.kind == YamlNode::Kind::kPlain);
  CHECK(root.entries[0].value.text == "1");
  CHECK(root.entries[0].value.position == YamlPosition{1, 4});
  const YamlNode& list = root.entries[1].value;
  REQUIRE(list.items.size() == 2);
  CHECK(list.items[0].kind == YamlNode::Kind::kQuoted);
  CHECK(list.items[1].position == YamlPosition{2, 10});
  CHECK(root.entries[2].value.text.empty());
  CHECK(root.entries[2].value.position == YamlPosition{3, 1});
}

TEST_CASE("block scalars are text") {
  const YamlNode root = parse_strict_yaml("a: |\n  12\nb: >\n  x\n  y\n", "f.yaml");
  CHECK(root.entries[0].value.kind == YamlNode::Kind::kQuoted);
  CHECK(root.entries[0].value.text == "12\n");
  CHECK(root.entries[1].value.text == "x y\n");
}

TEST_CASE("H14: anchors, aliases, tags and merge keys are refused where they stand") {
  CHECK(refusal("a: &x 1") == "f.yaml:1:4: anchors are not allowed");
  CHECK(refusal("a: &x {}") == "f.yaml:1:4: anchors are not allowed");
  CHECK(refusal("a: &x\nb: 1") == "f.yaml:1:4: anchors are not allowed");
  CHECK(refusal("a: &x 1\nb: *x") == "f.yaml:1:4: anchors are not allowed");
  CHECK(refusal("a: !!str 1") == "f.yaml:1:4: tags are not allowed");
  CHECK(refusal("a: ! 1") == "f.yaml:1:4: tags are not allowed");
  CHECK(refusal("a: !x [1]") == "f.yaml:1:4: tags are not allowed");
  CHECK(refusal("a: ! {b: 1}") == "f.yaml:1:4: tags are not allowed");
  CHECK(refusal("!x a: 1") == "f.yaml:1:1: tags are not allowed");
  CHECK(refusal("a:\n  <<: {b: 1}") == "f.yaml:2:3: merge keys are not allowed");
}

TEST_CASE("H14: an alias without its anchor is refused too") {
  CHECK(refusal("a: *x") == "f.yaml:1:4: is not YAML: the referenced anchor is not defined");
}

TEST_CASE("H14: a key stands once, and is a scalar") {
  CHECK(refusal("a: 1\nb: 2\na: 3") == "f.yaml:3:1: the key \"a\" stands here twice");
  CHECK(refusal("{a: 1, \"a\": 2}") == "f.yaml:1:8: the key \"a\" stands here twice");
  CHECK(refusal("a: {b: 1}\nb: {b: 1}").empty());
  CHECK(refusal("? [a]\n: 1") == "f.yaml:1:3: a list or a map cannot be a key");
  CHECK(refusal("{{a: 1}: 2}") == "f.yaml:1:2: a list or a map cannot be a key");
  CHECK(refusal("~: 1") == "f.yaml:1:1: a key is missing");
  CHECK(refusal(": 1") == "f.yaml:1:1: a key is missing");
}

TEST_CASE("hostile keys are escaped and cut in messages") {
  const std::string twice = "\"\\e[31m\": 1\n\"\\e[31m\": 2";
  CHECK(refusal(twice) == "f.yaml:2:1: the key \"\\u001B[31m\" stands here twice");
  const std::string key = std::string(1000, 'x');
  CHECK(refusal(key + ": 1\n" + key + ": 2").size() < 200);
}

TEST_CASE("a file is one document") {
  CHECK(refusal("a: 1\n---\nb: 2").ends_with(": more than one document"));
  CHECK(refusal("---\na: 1\n...\n").empty());
  CHECK(refusal("") == "f.yaml:1:1: is empty");
  CHECK(refusal("# nothing\n") == "f.yaml:1:1: is empty");
}

TEST_CASE("H14: other encodings, NUL and control characters are refused") {
  CHECK(refusal("\xef\xbb\xbf"
                "a: 1") == "f.yaml:1:1: starts with a byte order mark");
  CHECK(refusal("\xff\xfe"
                "a\0"s) == "f.yaml:1:1: is UTF-16 or UTF-32, not UTF-8");
  CHECK(refusal("\xfe\xff\0a"s) == "f.yaml:1:1: is UTF-16 or UTF-32, not UTF-8");
  CHECK(refusal("a\0:\0"s) == "f.yaml:1:2: holds a NUL: no text file");
  CHECK(refusal("a: 1\nb: \xff") == "f.yaml:2:4: is not UTF-8");
  CHECK(refusal("a: \xed\xa0\x80") == "f.yaml:1:4: is not UTF-8");
  CHECK(refusal("a: \x1b[31m") == "f.yaml:1:4: holds a control character");
  CHECK(refusal("a: \xc2\x85") == "f.yaml:1:4: holds a control character");
  CHECK(refusal("a: \xe2\x80\xae") == "f.yaml:1:4: holds a control character");
  CHECK(refusal("a: \xe2\x80\xa8") == "f.yaml:1:4: holds a control character");
  CHECK(refusal("a: caf\xc3\xa9\r\nb: \"\xf0\x9f\x90\xb3\"\r\n").empty());
}

TEST_CASE("what is not YAML is refused with its place") {
  CHECK(refusal("a: [1") == "f.yaml:1:6: is not YAML: end of sequence flow not found");
  CHECK(refusal("a: 1\n b: 2").starts_with("f.yaml:2:3: is not YAML: "));
  CHECK(refusal("a: \"\\q\"") == "f.yaml:1:7: is not YAML: unknown escape character: q");
  CHECK(refusal("a: \"\\ud83d\\udc33\"").starts_with("f.yaml:1:"));
}

TEST_CASE("H14: size, depth and the number of values are limited") {
  CHECK(refusal("a: 12345", {.bytes = 8}).empty());
  CHECK(refusal("a: 123456", {.bytes = 8}) == "f.yaml:1:1: is larger than 8 bytes");
  CHECK(refusal("[[1]]", {.depth = 2}).empty());
  CHECK(refusal("[[[1]]]", {.depth = 2}) == "f.yaml:1:3: nested deeper than 2");
  CHECK(refusal("- a\n- b\n", {.values = 3}).empty());
  CHECK(refusal("- a\n- b\n- c\n- d\n", {.values = 3}) ==
        "f.yaml:4:3: more than 3 values in one file");
}

TEST_CASE("H14: every file of the largest size that bombs are made of is refused") {
  const std::size_t size = YamlLimits{}.bytes;
  for (const char* const part : {"[", "{", "? ", "- ", "&a ", "*a ", "!!a ", "[a: ", "{a: ", "\"",
                                 "'", "a: b\n", "- a\n", "? a\n", "---\n", ",", ":", "|\n"}) {
    CAPTURE(part);
    CHECK_FALSE(refusal(repeated(part, size)).empty());
    CHECK_FALSE(refusal('[' + repeated(part, size - 1)).empty());
  }
  CHECK(refusal(std::string(size + 1, 'a')) == "f.yaml:1:1: is larger than 1048576 bytes");
}

TEST_CASE("the name of the file is shown harmlessly") {
  try {
    parse_strict_yaml("", "a\n::error::b", {});
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(std::string(error.what()) == "\"a\\n::error::b\":1:1: is empty");
  }
}

}  // namespace
}  // namespace capmin
