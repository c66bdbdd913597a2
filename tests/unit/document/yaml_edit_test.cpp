#include "document/yaml_edit.h"

#include "expect_error.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace capmin {
namespace {

constexpr const char* kOurs = "# capmin";

/// `text` with key `k` of its top map set to the list [new].
std::string with_k(const std::string& text, std::string_view neighbour = {}) {
  YamlEditor editor(text, "f");
  editor.set({0}, "k", {"k: [new]"}, neighbour, kOurs);
  return editor.result();
}

TEST_CASE("a new entry comes to the end of its map, before comments that follow it") {
  CHECK(with_k("a: 1\nb:\n  - x\n\n# end\n") == "a: 1\nb:\n  - x\nk: [new]  # capmin\n\n# end\n");
}

TEST_CASE("a new entry comes behind its neighbour where there is one") {
  CHECK(with_k("a: 1 # one\nb: 2\n", "a") == "a: 1 # one\nk: [new]  # capmin\nb: 2\n");
  CHECK(with_k("a:\n- 1\n- 2\nb: 2\n", "a") == "a:\n- 1\n- 2\nk: [new]  # capmin\nb: 2\n");
}

TEST_CASE("an entry is replaced in its place, however its value was written") {
  const std::string after = "k: [new]  # capmin\nb: 2 # two\n";
  for (const char* const value :
       {"k: [a, b]\n", "k:\n", "k: x\n", "k:\n  - a\n  - b\n", "k:\n- a\n- b\n", "k: [a,\n    b]\n",
        "k: {}\n", "k: \"a\n  b\"\n", "k: |\n  a\n", "k: !!seq [a]\n"}) {
    CAPTURE(value);
    CHECK(with_k("# top\n" + std::string(value) + "b: 2 # two\n") == "# top\n" + after);
  }
}

TEST_CASE("an entry that says the same is left as it is, quotes and comments included") {
  for (const char* const text : {"k: [new]\n", "k: ['new'] # x\n", "k:\n  - new # because\n"}) {
    CHECK(with_k(text) == text);
  }
}

TEST_CASE("a comment behind a value of one line is kept, one of ours is renewed") {
  CHECK(with_k("k: [a] # why\n") == "k: [new]  # why\n");
  CHECK(with_k("k: 'a # b' # why\n") == "k: [new]  # why\n");
  CHECK(with_k("k: [a] # capmin 0.9: old\n") == "k: [new]  # capmin\n");
}

TEST_CASE("comments inside a value that is replaced are named") {
  YamlEditor editor("a: 1\nk:\n  # vpn\n  - a # b\n# after\nc: 1\n", "f");
  editor.set({0}, "k", {"k: [new]"}, {}, {});
  CHECK(editor.losses().size() == 2);
  CHECK(editor.losses().front().find("line 3") != std::string::npos);
  CHECK(editor.result() == "a: 1\nk: [new]\n# after\nc: 1\n");
}

TEST_CASE("line ends, missing last line breaks and indentation stay as they are") {
  CHECK(with_k("a: 1\r\nk: [x]\r\nb: 2\r\n") == "a: 1\r\nk: [new]  # capmin\r\nb: 2\r\n");
  CHECK(with_k("a: 1\r\nb: 2\r\n") == "a: 1\r\nb: 2\r\nk: [new]  # capmin\r\n");
  CHECK(with_k("a: 1\nk: x") == "a: 1\nk: [new]  # capmin");
  CHECK(with_k("a: 1") == "a: 1\nk: [new]  # capmin\n");
  YamlEditor editor("-   a: 1\n    b: 2\n-   a: 3\n", "f");
  editor.set({0, 0}, "k", {"k:", "  - x"}, "a", {});
  CHECK(editor.result() == "-   a: 1\n    k:\n      - x\n    b: 2\n-   a: 3\n");
}

TEST_CASE("the first entry of a list's item is replaced behind its dash") {
  YamlEditor editor("- k: [a]\n  b: 1\n- k: [b]\n", "f");
  editor.set({0, 1}, "k", {"k: [new]"}, {}, {});
  editor.set({0, 0}, "k", {"k: [new]"}, {}, {});
  CHECK(editor.result() == "- k: [new]\n  b: 1\n- k: [new]\n");
}

TEST_CASE("several entries at one place stand in the order in which they were set") {
  YamlEditor editor("a: 1\nc: 3\nz: 1\n", "f");
  editor.set({0}, "k", {"k: 1"}, "a", {});
  editor.set({0}, "l", {"l: 2"}, "a", {});
  editor.set({0}, "c", {"c: 4"}, "a", {});
  CHECK(editor.result() == "a: 1\nk: 1\nl: 2\nc: 4\nz: 1\n");
}

TEST_CASE("a document in the middle of a file ends before the next one") {
  YamlEditor editor("a: 1\n# c\n---\nb: 1\n...\n# d\n--- # x\nc: 1\n", "f");
  editor.set({0}, "k", {"k: 1"}, {}, {});
  editor.set({1}, "k", {"k: 2"}, {}, {});
  CHECK(editor.result() == "a: 1\nk: 1\n# c\n---\nb: 1\nk: 2\n...\n# d\n--- # x\nc: 1\n");
}

TEST_CASE("what cannot be changed safely is refused with its line") {
  const auto refused = [](const std::string& text, const YamlPath& path) {
    const auto error = error_of([&] {
      YamlEditor editor(text, "f");
      editor.set(path, "k", {"k: [new]"}, {}, {});
      static_cast<void>(editor.result());
    });
    CHECK_MESSAGE(error.has_value(), text);
    if (!error) return std::string();
    CHECK(error->code() == ExitCode::kUsage);
    CHECK_FALSE(error->hint().empty());
    return std::string(error->what());
  };
  CHECK(refused("a: {x: 1}\n", {0, 1}).starts_with("f:1:4: this map is written with braces"));
  CHECK(refused("a: 1\nb: x\n", {0, 3}).starts_with("f:2:4: this is no map"));
  CHECK(refused("a:\n\nb: x\n", {0, 1}).starts_with("f:1:1: this is no map"));
  CHECK(refused("a: &n {}\nb: *n\n", {0, 3}).starts_with("f:2:4: this is an alias"));
  CHECK(refused("a: &n\n  x: 1\nb: *n\n", {0, 1}).starts_with("f:1:4: an alias elsewhere"));
  CHECK(
      refused("k: &n [a]\nb: *n\n", {0}).starts_with("f:1:4: the value to replace has an anchor"));
  CHECK(refused("k: 1\nk: 2\n", {0}).starts_with("f:2:1: the key k stands here twice"));
  // The last lines belong to a text, not to the map around it.
  CHECK(refused("a: 1\nb: |+\n  x\n\n  # y\n", {0}).find("f:") == 0);
  CHECK(refused("? k\n: [a]\nb: 1\n", {0}).find("f:1") == 0);
}

TEST_CASE("an entry is removed with its lines, and the comments that go with it are named") {
  for (const char* const value : {"k: x\n", "k: [a,\n  b]\n", "k:\n- a\n\n- b\n", "k: |\n  a\n"}) {
    CAPTURE(value);
    for (const char* const rest : {"b: 1\n", "# c\n\nb: 1 # d\n"}) {
      YamlEditor editor("a: 1\n# for k\n" + std::string(value) + rest, "f");
      editor.remove({0}, "k");
      CHECK(editor.result() == "a: 1\n# for k\n" + std::string(rest));
      CHECK(editor.losses().empty());
    }
  }
  YamlEditor commented("a: 1\nk: # x\n  # y\n  - a\n# z\n", "f");
  commented.remove({0}, "k");
  CHECK(commented.result() == "a: 1\n# z\n");
  CHECK(commented.losses().size() == 2);
}

TEST_CASE("an entry that comes beside one that is removed takes its place") {
  for (const auto& [before, after] : std::vector<std::pair<std::string, std::string>>{
           {"a: 1\r\nk: 1\r\n", "a: 1\r\nl: 2\r\nm: 3\r\n"},
           {"a: 1\nk: 1", "a: 1\nl: 2\nm: 3\n"},
           {"k: 1\na: 1", "l: 2\nm: 3\na: 1"},
           {"k: 1", "l: 2\nm: 3\n"}}) {
    YamlEditor editor(before, "f");
    editor.set({0}, "l", {"l: 2"}, "k", {});
    editor.remove({0}, "k");
    editor.set({0}, "m", {"m: 3"}, "k", {});
    CHECK(editor.result() == after);
  }
}

TEST_CASE("what cannot be removed safely is refused with its line") {
  const auto refused = [](const std::string& text, const YamlPath& path) {
    const auto error = error_of([&] {
      YamlEditor editor(text, "f", {"!mine"});
      editor.remove(path, "k");
      static_cast<void>(editor.result());
    });
    REQUIRE_MESSAGE(error.has_value(), text);
    CHECK(error->code() == ExitCode::kUsage);
    return std::string(error->what());
  };
  CHECK(refused("a:\n  {k: 1, l: 2}\n", {0, 1}).starts_with("f:2:3: this map is written"));
  CHECK(refused("- k: 1\n  a: 2\n", {0, 0}).starts_with("f:1:3: this entry does not begin"));
  CHECK(refused("a: &n\n  k: 1\n  l: 2\nb: *n\n", {0, 1}).starts_with("f:1:4: an alias"));
  CHECK(refused("a: 1\nk: &n 1\n", {0}).starts_with("f:2:4: the value to remove has an anchor"));
  CHECK(refused("a: 1\nk: !mine 1\n", {0}).starts_with("f:2:4: the tag !mine"));
  // Nothing of the map would be left.
  CHECK(refused("a:\n  k: 1\n", {0, 1}).starts_with("f:2:1: the change would say something"));
}

TEST_CASE("a value that aliases take changes where the caller says so") {
  YamlEditor editor("a: &n\n  x: 1\nb: *n\n", "f", {}, SharedValues::kChanged);
  editor.set({0, 1}, "k", {"k: [new]"}, {}, {});
  CHECK(editor.result() == "a: &n\n  x: 1\n  k: [new]\nb: *n\n");
}

TEST_CASE("several new entries behind a last line without a line break leave no line blank") {
  YamlEditor editor("a: 1", "f");
  editor.set({0}, "k", {"k: 1"}, {}, {});
  editor.set({0}, "l", {"l: 2"}, {}, {});
  CHECK(editor.result() == "a: 1\nk: 1\nl: 2\n");
}

TEST_CASE("a tag that is to be kept stands before the new value as before the old one") {
  for (const char* const value : {"!mine [a]", "!mine\n  - a", "!mine", "!mine null"}) {
    CAPTURE(value);
    YamlEditor editor("k: " + std::string(value) + "\nb: 1\n", "f", {"!mine"});
    editor.set({0}, "k", {"k: [new]"}, {}, {});
    CHECK(editor.result() == "k: !mine [new]\nb: 1\n");
  }
  YamlEditor same("k: !mine [new]\n", "f", {"!mine"});
  same.set({0}, "k", {"k: [new]"}, {}, {});
  CHECK(same.result() == "k: !mine [new]\n");
  YamlEditor way("a: !mine\n  b: 1\n", "f", {"!mine"});
  way.set({0, 1}, "k", {"k: [new]"}, {}, {});
  CHECK(way.result() == "a: !mine\n  b: 1\n  k: [new]\n");
}

TEST_CASE("any other tag at the entry, in its value or on the way to it is refused with its line") {
  const auto refused = [](const std::string& text, const YamlPath& path) {
    const auto error = error_of([&] {
      YamlEditor editor(text, "f", {"!mine"});
      editor.set(path, "k", {"k: [new]"}, {}, {});
    });
    REQUIRE_MESSAGE(error.has_value(), text);
    CHECK(error->code() == ExitCode::kUsage);
    return std::string(error->what());
  };
  CHECK(refused("a: 1\nk: !other [new]\n", {0}).starts_with("f:2:4: the tag !other"));
  CHECK(refused("k: !other\n", {0}).starts_with("f:1:4: the tag !other"));
  CHECK(refused("k: !mine [a, !other b]\n", {0}).starts_with("f:1:14: the tag !other"));
  CHECK(refused("!other k: [a]\n", {0}).starts_with("f:1:1: the tag !other"));
  CHECK(refused("!other\nk: [a]\n", {0}).starts_with("f:1:1: the tag !other"));
  CHECK(refused("b: 1\na: !other\n  x: 1\n", {0, 3}).starts_with("f:2:4: the tag !other"));
  CHECK(refused("b: 1\n!other a:\n  x: 1\n", {0, 3}).starts_with("f:2:1: the tag !other"));
}

TEST_CASE("tags of YAML itself change nothing") {
  CHECK(with_k("!!map\nk: !!seq [!!str a]\n") == "!!map\nk: [new]  # capmin\n");
  CHECK(with_k("k: !!seq [!!str new]\n") == "k: !!seq [!!str new]\n");
}

TEST_CASE("a file of more than a megabyte is edited, one beyond the limit is refused") {
  std::string text;
  while (text.size() < std::size_t{5} << 18U) {
    text += "- name: some-name\n  annotation: some longer value that stands in this line\n";
  }
  text += "- z: 1\n";
  YamlEditor editor(text, "f");
  const std::size_t last = editor.at({0}).items.size() - 1;
  editor.set({0, last}, "k", {"k: [new]"}, {}, {});
  CHECK(editor.result() == text + "  k: [new]\n");
  CHECK(code_of([] { YamlEditor(std::string(kMostEdited + 1, 'a'), "f"); }) == ExitCode::kUsage);
}

TEST_CASE("an anchor that no alias takes is no obstacle") {
  YamlEditor editor("a: &n\n  x: 1\n", "f");
  editor.set({0, 1}, "k", {"k: [new]"}, {}, {});
  CHECK(editor.result() == "a: &n\n  x: 1\n  k: [new]\n");
}

}  // namespace
}  // namespace capmin
