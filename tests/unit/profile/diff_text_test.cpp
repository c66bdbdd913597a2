#include "document/strict_yaml.h"
#include "hostile_text.h"
#include "profile/profile_diff.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace capmin {
namespace {

using enum Capability;

ProfileDiff sample_diff() {
  ProfileDiff diff;
  diff.added = {kKill, kNetRaw};
  diff.removed = {kChown};
  diff.conditions = {{"NET_BIND_SERVICE", "", "port < 1024"}};
  diff.facts = {{"image.user", "0:0", "33"}};
  diff.riskier = true;
  return diff;
}

TEST_CASE("a terminal gets a line for each change, and the verdict") {
  CHECK(to_text(sample_diff()) ==
        "  + KILL                low risk: send signals to processes of other users\n"
        "  + NET_RAW             medium risk: open raw and packet sockets: forge and capture "
        "packets\n"
        "  - CHOWN               medium risk: change the owner of any file\n"
        "  ~ NET_BIND_SERVICE    needed where: (nothing) -> port < 1024\n"
        "  ~ image.user          0:0 -> 33\n"
        "The new profile is riskier.\n");
}

TEST_CASE("no difference is said in words") {
  CHECK(to_text({}) == "The profiles say the same.\n");
  CHECK(to_markdown({}) == "The profiles say the same.\n");
}

TEST_CASE("JSON has every change with its risk") {
  ProfileDiff diff = sample_diff();
  diff.added = {kKill};
  diff.removed = {};
  CHECK(to_json(diff) == R"({
  "added": [
    {
      "name": "KILL",
      "risk": "low"
    }
  ],
  "removed": [],
  "conditions": [
    {
      "field": "NET_BIND_SERVICE",
      "before": "",
      "after": "port < 1024"
    }
  ],
  "facts": [
    {
      "field": "image.user",
      "before": "0:0",
      "after": "33"
    }
  ],
  "riskier": true
}
)");
}

TEST_CASE("Markdown has a table of capabilities and one of facts") {
  CHECK(to_markdown(sample_diff()) ==
        "The new profile is riskier.\n"
        "\n"
        "| change | capability | risk | permits to |\n"
        "|---|---|---|---|\n"
        "| added | `KILL` | low | send signals to processes of other users |\n"
        "| added | `NET_RAW` | medium | open raw and packet sockets: forge and capture packets |\n"
        "| removed | `CHOWN` | medium | change the owner of any file |\n"
        "\n"
        "| what | before | after |\n"
        "|---|---|---|\n"
        "| condition of ` NET_BIND_SERVICE ` | nothing | ` port < 1024 ` |\n"
        "| ` image.user ` | ` 0:0 ` | ` 33 ` |\n");
}

TEST_CASE("Markdown leaves out an empty table") {
  ProfileDiff diff;
  diff.removed = {kChown};
  CHECK(to_markdown(diff) ==
        "The new profile is not riskier.\n"
        "\n"
        "| change | capability | risk | permits to |\n"
        "|---|---|---|---|\n"
        "| removed | `CHOWN` | medium | change the owner of any file |\n");
}

TEST_CASE("hostile text stays on its line, and JSON reads it back") {
  CHECK(rc::check([] {
    ProfileDiff diff;
    diff.facts = {{"image.user", *hostile_text(), *hostile_text()}};
    for (const std::string& text : {to_text(diff), to_markdown(diff)}) {
      RC_ASSERT(text.find("##") == std::string::npos);
      RC_ASSERT(text.find("\n::") == std::string::npos);
      RC_ASSERT(
          std::ranges::all_of(text, [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
    }
    const std::string markdown = to_markdown(diff);
    RC_ASSERT(std::ranges::count(markdown, '\n') == 5);
    const YamlNode json = parse_strict_yaml(to_json(diff), "diff.json");
    RC_ASSERT(json.entries.at(3).value.items.at(0).entries.at(2).value.text ==
              diff.facts.front().after);
  }));
}

}  // namespace
}  // namespace capmin
