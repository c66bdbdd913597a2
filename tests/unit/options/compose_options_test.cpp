#include "options/compose_options.h"

#include "core/error.h"
#include "document/strict_yaml.h"

#include <doctest/doctest.h>

using namespace capmin;

using Words = std::vector<std::string>;

namespace {

Words settings(const std::string& text) {
  return words_of_settings(parse_strict_yaml(text, "file"), "web", "file");
}

}  // namespace

TEST_CASE("files are given by word or by option, in their order") {
  const ComposeOptions options = parse_compose_options({"a.yaml", "-f", "b.yaml"});
  CHECK(options.files.files == Words{"a.yaml", "b.yaml"});
  CHECK_THROWS_AS(parse_compose_options({"--in-place"}), Error);
}

TEST_CASE("a probe is one service's where a service's name stands before it") {
  const ComposeOptions options =
      parse_compose_options({"a.yaml", "--probe", "web=./web.sh", "--probe", "db=http://:80/?a=b",
                             "--probe", "./all.sh"});
  CHECK(options.probes.at("web") == "./web.sh");
  CHECK(options.probes.at("db") == "http://:80/?a=b");
  CHECK(options.probe == "./all.sh");
  CHECK(parse_compose_options({"a", "--probe", "http://:80/?a=b"}).probe == "http://:80/?a=b");
  CHECK_THROWS_AS(parse_compose_options({"a", "--probe", "web=x", "--probe", "web=y"}), Error);
  CHECK_THROWS_AS(parse_compose_options({"a", "--probe", "web="}), Error);
}

TEST_CASE("the options of searches are kept as words") {
  const ComposeOptions options = parse_compose_options(
      {"a.yaml", "--allow", "SYS_NICE", "-j", "2", "--strict", "--timeout=5s", "--in-place"});
  CHECK(options.search ==
        Words{"--allow", "SYS_NICE", "--jobs", "2", "--strict", "--timeout", "5s"});
  CHECK(options.common.jobs == 2);
  CHECK(options.in_place);
}

TEST_CASE("how a container runs is not asked of the command line of a stack") {
  CHECK_THROWS_AS(parse_compose_options({"a.yaml", "--env", "A=1"}), Error);
  CHECK_THROWS_AS(parse_compose_options({"a.yaml", "--evidence", "strace"}), Error);
  CHECK_THROWS_AS(parse_compose_options({"a.yaml", "--service", "a b"}), Error);
}

TEST_CASE("settings of a service are options about probe, ceiling and judgement") {
  CHECK(settings("{probe: ./health.sh, ports: engine, allow: [SYS_NICE, SYS_TIME], restart: true, "
                 "timeout: 30s, strict: false}") ==
        Words{"--probe", "./health.sh", "--ports", "engine", "--allow", "SYS_NICE", "--allow",
              "SYS_TIME", "--restart", "--timeout", "30s"});
  for (const char* const text : {"{prob: x}", "{env: A}", "{jobs: 2}", "{restart: 1}"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(settings(text), Error);
  }
}
