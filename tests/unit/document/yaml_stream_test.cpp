#include "document/yaml_stream.h"

#include "expect_error.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

TEST_CASE("a stream has a tree for each document, with places in the whole file") {
  const std::string text = "a: 1\n---\nb: [x, y]\n--- # empty\n";
  const std::vector<YamlTree> documents = parse_yaml_stream(text, "x");
  REQUIRE(documents.size() >= 2);
  CHECK(documents[0].find("a")->text == "1");
  const YamlTree* const list = documents[1].find("b");
  REQUIRE(list != nullptr);
  CHECK(list->flow);
  CHECK(text.substr(list->offset, 6) == "[x, y]");
  CHECK(position_at(text, list->items[1].offset) == YamlPosition{3, 8});
}

TEST_CASE("places count bytes, whatever the line ends") {
  const std::string text = "a: caf\xc3\xa9\r\nb: \"\xf0\x9f\x90\xb3\"\r\nc: x\r\n";
  const std::vector<YamlTree> documents = parse_yaml_stream(text, "x");
  CHECK(text.substr(documents[0].find("b")->offset, 2) == "\"\xf0");
  CHECK(text.substr(documents[0].find("c")->offset, 1) == "x");
}

TEST_CASE("anchors, aliases, tags and keys that stand twice are kept") {
  const std::vector<YamlTree> documents =
      parse_yaml_stream("a: &n !!str x\nb: *n\nc: 1\nc: 2\n", "x");
  CHECK(documents[0].find("a")->anchor != 0);
  CHECK(documents[0].find("a")->anchor == documents[0].find("b")->anchor);
  CHECK(documents[0].find("b")->kind == YamlTree::Kind::kAlias);
  CHECK(documents[0].entries() == 4);
  CHECK(documents[0].find("c")->text == "2");
}

TEST_CASE("trees differ where a reader could see a difference") {
  const auto tree = [](const char* text) { return parse_yaml_stream(text, "x").front(); };
  CHECK(same_meaning(tree("a: [x]"), tree("a:\n  - x # comment")));
  CHECK_FALSE(same_meaning(tree("a: yes"), tree("a: 'yes'")));
  CHECK_FALSE(same_meaning(tree("a: x\nb: y"), tree("b: y\na: x")));
  CHECK_FALSE(same_meaning(tree("a: &n x"), tree("a: x")));
  CHECK_FALSE(same_meaning(tree("a: !t x"), tree("a: x")));
}

TEST_CASE("what is not YAML is an error with its place") {
  for (const char* const text : {"a: [", "a: b: c", "\tb: 1", "\xef\xbb\xbfx: 1", "a: \"\x01\""}) {
    const auto error = error_of([text] { parse_yaml_stream(text, "file.yaml"); });
    REQUIRE(error);
    CHECK(error->code() == ExitCode::kUsage);
    CHECK(std::string(error->what()).starts_with("file.yaml:1:"));
  }
}

TEST_CASE("a file that nests or repeats without end is refused") {
  CHECK(code_of([] { parse_yaml_stream(std::string(200, '['), "x"); }) == ExitCode::kUsage);
  CHECK(code_of([] { parse_yaml_stream(std::string(2U << 20U, 'a'), "x"); }) == ExitCode::kUsage);
}

}  // namespace
}  // namespace capmin
