#include "expect_error.h"
#include "options/command_options.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using Words = std::vector<std::string>;

TEST_CASE("explain without a word reads standard input") {
  CHECK(parse_explain_options({}).subjects == Words{"-"});
  CHECK(parse_explain_options({"-"}).subjects == Words{"-"});
  CHECK(parse_explain_options({"KILL", "a.log"}).subjects == Words{"KILL", "a.log"});
  CHECK(parse_explain_options({"--", "-odd.log"}).subjects == Words{"-odd.log"});
}

TEST_CASE("a container is looked at through the engine that the options name") {
  const ExplainOptions options =
      parse_explain_options({"--container", "app", "--context=far", "--profile", "p.yaml"});
  CHECK(options.container == "app");
  CHECK(options.profile == "p.yaml");
  CHECK(options.subjects.empty());
  CHECK(options.engine.context == "far");
}

TEST_CASE("explain tells people or programs") {
  CHECK_FALSE(parse_explain_options({"a.log"}).json);
  CHECK_FALSE(parse_explain_options({"--format", "text"}).json);
  CHECK(parse_explain_options({"a.log", "--format", "json"}).json);
}

TEST_CASE("what explain does not understand is refused") {
  for (const Words& words :
       {Words{"--profile", "p"}, Words{"--container", "a", "b"}, Words{"--container", "-x"},
        Words{"--contain", "a"}, Words{"--rules", "a", "--rules", "b"}, Words{"--container", ""},
        Words{"--format", "xml"}, Words{"--container", "a", "--format", "json"}}) {
    CHECK(code_of([&words] { parse_explain_options(words); }) == ExitCode::kUsage);
  }
}

TEST_CASE("rules takes list, check and test with their files") {
  CHECK(parse_rules_options({"list"}).action == RulesOptions::Action::kList);
  CHECK(parse_rules_options({"list", "--rules", "r"}).rules == "r");
  const RulesOptions check = parse_rules_options({"check", "r"});
  CHECK(check.action == RulesOptions::Action::kCheck);
  CHECK(check.rules == "r");
  const RulesOptions test = parse_rules_options({"test", "r", "-"});
  CHECK(test.action == RulesOptions::Action::kTest);
  CHECK(test.log == "-");
}

TEST_CASE("what rules does not understand is refused") {
  for (const Words& words : {Words{}, Words{"lists"}, Words{"list", "r"}, Words{"check"},
                             Words{"test", "r"}, Words{"check", "r", "--rules", "s"}}) {
    CHECK(code_of([&words] { parse_rules_options(words); }) == ExitCode::kUsage);
  }
}

}  // namespace
}  // namespace capmin
