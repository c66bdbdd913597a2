#include "export/compose_sets.h"

#include "expect_error.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {
namespace {

using Cap = Capability;

const std::filesystem::path kShapes = std::filesystem::path(CAPMIN_TEST_DATA) / "golden" / "shapes";

std::string text_of(const std::string& name) {
  std::ifstream file(kShapes / name, std::ios::binary);
  REQUIRE_MESSAGE(file.is_open(), name);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A line of golden/shapes/index.txt.
struct Shape {
  std::string name;
  std::vector<ServiceSet> sets;
  std::optional<int> refused;  ///< the line
};

CapabilitySet set_of(const std::string& names) {
  CapabilitySet set;
  std::istringstream words(names);
  for (std::string word; std::getline(words, word, ',');) {
    set |= {capability_named(word).value()};
  }
  return set;
}

std::vector<Shape> shapes() {
  std::vector<Shape> shapes;
  std::istringstream index(text_of("index.txt"));
  for (std::string line; std::getline(index, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream words(line);
    Shape shape;
    words >> shape.name;
    for (std::string word; words >> word;) {
      const std::size_t equals = word.find('=');
      if (word == "refused") {
        words >> shape.refused.emplace();
      } else {
        shape.sets.push_back({word.substr(0, equals), set_of(word.substr(equals + 1))});
      }
    }
    shapes.push_back(std::move(shape));
  }
  return shapes;
}

/// `text` without the entries cap_drop and cap_add and the lines that belong to them.
std::string without_lists(const std::string& text) {
  std::string kept;
  std::size_t of_list = std::string::npos;  // the indentation of the entry whose lines are left out
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t indent = line.find_first_not_of(' ');
    const std::string_view words = std::string_view(line).substr(std::min(indent, line.size()));
    const bool belongs =
        of_list != std::string::npos && words != "" && words != "\r" &&
        (indent > of_list || (indent == of_list && words.find_first_of("-]") == 0));
    if (belongs) continue;
    const std::size_t name = words.find_first_not_of("\"'");
    const bool is_list =
        name != std::string_view::npos &&
        (words.substr(name).starts_with("cap_drop") || words.substr(name).starts_with("cap_add"));
    of_list = is_list ? indent : std::string::npos;
    if (!is_list) kept += line + '\n';
  }
  return kept;
}

std::string written_alone(const std::string& text, const std::vector<ServiceSet>& sets) {
  const std::vector<ComposeEdit> edits = write_service_sets({{text, "f"}}, sets);
  return edits.empty() ? text : edits.front().text;
}

/// The texts of `files`, each called by its number, after `sets` were written.
std::vector<std::string> written(const std::vector<std::string>& files,
                                 const std::vector<ServiceSet>& sets) {
  std::vector<MergeFile> given;
  for (const std::string& file : files) {
    given.push_back({file, std::to_string(given.size())});
  }
  std::vector<std::string> texts = files;
  for (const ComposeEdit& edit : write_service_sets(given, sets)) {
    CHECK(edit.text != texts.at(edit.file));
    texts[edit.file] = edit.text;
  }
  return texts;
}

std::string refusal(const std::vector<std::string>& files, const std::vector<ServiceSet>& sets) {
  const auto error = error_of([&] { written(files, sets); });
  REQUIRE_MESSAGE(error.has_value(), files.front());
  CHECK(error->code() == ExitCode::kUsage);
  CHECK_FALSE(error->hint().empty());
  return error->what();
}

TEST_CASE("a Compose file of any shape changes in its lists only, or is refused with the line") {
  CHECK(shapes().size() >= 20);
  for (const Shape& shape : shapes()) {
    CAPTURE(shape.name);
    const std::string before = text_of(shape.name + ".yaml");
    if (shape.refused) {
      const std::string why = refusal({before}, shape.sets);
      CHECK_MESSAGE(why.starts_with("0:" + std::to_string(*shape.refused) + ':'), why);
      continue;
    }
    const std::string after = written_alone(before, shape.sets);
    CHECK(without_lists(after) == without_lists(before));
    CHECK(after == text_of(shape.name + ".after.yaml"));
    CHECK(write_service_sets({{after, "f"}}, shape.sets).empty());
  }
}

TEST_CASE("no comment is added, and those of old lists are named") {
  const auto edits = write_service_sets(
      {{"services:\n  web:\n    image: x\n    cap_add: [SYS_TIME]  # the clock\n", "f"}},
      {{"web", {}}});
  REQUIRE(edits.size() == 1);
  CHECK(edits[0].text == "services:\n  web:\n    image: x\n    cap_drop: [\"ALL\"]\n");
  CHECK(edits[0].warnings ==
        std::vector<std::string>{"the comment on line 4 went with the entry that was removed"});
}

const std::string kBase = "services:\n  web:\n    image: x\n  db:\n    image: y\n";
const std::string kSetLines = "    cap_drop: [\"ALL\"]\n    cap_add: [\"CHOWN\"]\n";
const std::vector<ServiceSet> kChown{{"web", {Cap::kChown}}};

TEST_CASE("a set goes into the first file that has the service where no file has its lists") {
  const std::string over = "services:\n  web:\n    ports: [80]\n";
  const std::string other = "networks: {}\n";
  const std::string set = "services:\n  web:\n    image: x\n" + kSetLines + "  db:\n    image: y\n";
  CHECK(written({kBase, over}, kChown) == std::vector{set, over});
  CHECK(written({other, kBase, over}, kChown) == std::vector{other, set, over});
}

TEST_CASE("a set goes into the last file that has lists of the service") {
  const std::string over = "services:\n  web:\n    cap_add: [KILL]\n";
  const std::string last = "services:\n  web:\n    ports: [80]\n";
  CHECK(written({kBase, over, last}, kChown) ==
        std::vector{kBase,
                    std::string("services:\n  web:\n    cap_add: [\"CHOWN\"]\n"
                                "    cap_drop: [\"ALL\"]\n"),
                    last});
}

TEST_CASE("lists of an earlier file stay where the set holds them, and become the set otherwise") {
  const auto with = [](const std::string& lists) {
    return "services:\n  web:\n    image: x\n" + lists;
  };
  const std::string over = "services:\n  web:\n    cap_add: [SETUID]\n";
  const std::string both = "services:\n  web:\n    cap_add: [\"CHOWN\"]\n    cap_drop: [\"ALL\"]\n";
  for (const char* const stays :
       {"    cap_drop: [all]\n", "    cap_add: [CAP_CHOWN] # ours\n", "    cap_add: []\n"}) {
    CHECK(written({with(stays), over}, kChown) == std::vector{with(stays), both});
  }
  CHECK(written({with("    cap_add: [KILL, CHOWN]\n"), over}, kChown) ==
        std::vector{with("    cap_add: [\"CHOWN\"]\n    cap_drop: [\"ALL\"]\n"), both});
  CHECK(written({with("    cap_drop: [NET_RAW]\n"), over}, kChown) ==
        std::vector{with(kSetLines), both});
  CHECK(written({with("    cap_add: [KILL]\n"), over}, {{"web", {}}}) ==
        std::vector{with("    cap_drop: [\"ALL\"]\n"),
                    std::string("services:\n  web:\n    cap_drop: [\"ALL\"]\n")});
}

TEST_CASE("files that say a set together stay as they are") {
  const std::string base = "services:\n  web:\n    image: x\n    cap_drop: [ALL]\n";
  const std::string over = "services:\n  web:\n    cap_add: [CHOWN]\n";
  CHECK(written({base, over}, kChown) == std::vector{base, over});
}

TEST_CASE("what a later file overrides or takes away does not count") {
  const std::string base = "services:\n  web:\n    image: x\n    cap_add: [KILL]\n";
  const std::string over = "services:\n  web:\n    cap_add: !override [SYS_TIME]\n";
  CHECK(written({base, over}, kChown) ==
        std::vector{base, std::string("services:\n  web:\n    cap_add: !override [\"CHOWN\"]\n"
                                      "    cap_drop: [\"ALL\"]\n")});
  CHECK(written({base, over}, {{"web", {}}})[1].find("cap_add: !override []") != std::string::npos);
  for (const char* const anew :
       {"services:\n  web: !override\n", "services: !override\n  web:\n"}) {
    CAPTURE(anew);
    const std::string alone = std::string(anew) + "    image: z\n";
    CHECK(written({base, alone}, kChown) == std::vector{base, alone + kSetLines});
  }
  const std::string reset = "services:\n  web:\n    cap_add: !reset null\n";
  CHECK(written({base, reset}, {{"web", {}}}) ==
        std::vector{base, reset + "    cap_drop: [\"ALL\"]\n"});
  CHECK(refusal({base, reset}, kChown).starts_with("1:3:14: !reset takes cap_add away"));
}

TEST_CASE("what a service extends counts in its own file, and in the first one") {
  const std::string base = "services:\n  base:\n    image: x\n    cap_add: [KILL]\n";
  const std::string over = "services:\n  web:\n    extends: base\n";
  CHECK(refusal({base, over}, kChown)
            .starts_with("1:3:14: the service web would have cap_drop "
                         "[ALL] and cap_add [CHOWN, KILL]"));
  CHECK(refusal({base + "  web:\n    extends: {service: base}\n", "services: {}\n"}, kChown)
            .starts_with("0:6:14: "));
  // A chain, and one that never ends.
  CHECK(refusal({base + "  a:\n    extends: base\n  web:\n    extends: a\n"}, kChown)
            .starts_with("0:8:14: "));
  CHECK(written_alone("services:\n  web:\n    image: x\n    extends: web\n", kChown)
            .find(kSetLines) != std::string::npos);
  const std::string extended = base + "  web:\n    extends: base\n";
  CHECK(written_alone(extended, {{"web", {Cap::kChown, Cap::kKill}}}) ==
        extended + "    cap_drop: [\"ALL\"]\n    cap_add: [\"CHOWN\", \"KILL\"]\n");
  CHECK(written_alone(extended + "    cap_add: !override [SYS_TIME]\n", kChown) ==
        extended + "    cap_add: !override [\"CHOWN\"]\n    cap_drop: [\"ALL\"]\n");
}

TEST_CASE("a base that changes is judged by what it becomes") {
  const std::string text =
      "services:\n  base:\n    image: x\n    cap_add: [KILL]\n  web:\n    extends: base\n";
  CHECK(written_alone(text, {{"base", {}}, {"web", {Cap::kChown}}}) ==
        "services:\n  base:\n    image: x\n    cap_drop: [\"ALL\"]\n  web:\n    extends: base\n" +
            kSetLines);
  CHECK(refusal({text}, {{"base", {Cap::kKill}}, {"web", {}}}).starts_with("0:6:14: "));
}

TEST_CASE("what a service extends in another file is left to Compose, and said") {
  const auto edits = write_service_sets(
      {{"services:\n  web:\n    extends: {file: common.yaml, service: base}\n", "a.yaml"}}, kChown);
  REQUIRE(edits.size() == 1);
  REQUIRE(edits[0].notes.size() == 1);
  CHECK(edits[0].notes[0].find("(a.yaml:3)") != std::string::npos);
}

TEST_CASE("a service that nobody has is named with those that are there") {
  CHECK(refusal({kBase}, {{"webb", {}}}).starts_with("0:2:3: there is no service webb"));
  CHECK(refusal({"services:\n  web: !reset\n    image: x\n"}, kChown)
            .starts_with("0:2:8: the tag !reset"));
  CHECK(refusal({""}, kChown).find("0 documents") != std::string::npos);
  CHECK(refusal({"services:\n"}, kChown).find("there is no service") != std::string::npos);
  CHECK(refusal({"- services\n"}, kChown).find("there is no key") != std::string::npos);
}

TEST_CASE("a map that holds itself ends") {
  CHECK(written_alone("services:\n  web: &web\n    image: x\n    x-a: {<<: *web}\n    <<: *web\n",
                      kChown)
            .find("cap_add: [\"CHOWN\"]") != std::string::npos);
}

}  // namespace
}  // namespace capmin
