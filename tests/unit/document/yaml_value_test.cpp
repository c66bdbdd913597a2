#include "document/yaml_value.h"

#include "core/error.h"

#include <doctest/doctest.h>

using namespace capmin;

namespace {

YamlNode read(const std::string& text) {
  return resolved(parse_yaml_stream(text, "file").front(), text, "file");
}

}  // namespace

TEST_CASE("a document is written so that it is read again as it was") {
  const std::string text =
      "\"a\": 1\n\"b\": \"1\"\n\"c\":\n  - x\n  -\n    \"d\": null\n\"e\": {}\n\"f\": []\n";
  CHECK(to_yaml(read(text)) == text);
}

TEST_CASE("an alias stands for what it means, wherever it is") {
  CHECK(to_yaml(read("a: &x {b: [1]}\nc: *x\n")) ==
        "\"a\":\n  \"b\":\n    - 1\n\"c\":\n  \"b\":\n    - 1\n");
}

TEST_CASE("aliases that make too much of a document are refused") {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 8; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 1; j < 10; ++j) {
      text += ", " + before;
    }
    text += "]\n";
  }
  CHECK_THROWS_AS(read(text), Error);
}

TEST_CASE("an alias inside of what it stands for is refused") {
  CHECK_THROWS_AS(read("a: &x [*x]\n"), Error);
}

TEST_CASE("a plain text of several lines stays text") {
  CHECK(to_yaml(read("a: one\n\n  two\n")) == "\"a\": \"one\\ntwo\"\n");
}

TEST_CASE("values of a map are set, found and erased") {
  YamlNode map = read("a: 1\n");
  set(map, "b", yaml_text("x"));
  set(map, "a", yaml_list());
  CHECK(to_yaml(map) == "\"a\": []\n\"b\": \"x\"\n");
  erase(map, "a");
  CHECK(find(map, "a") == nullptr);
  CHECK(find(map, "b")->text == "x");
}
