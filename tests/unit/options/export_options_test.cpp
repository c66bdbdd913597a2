#include "expect_error.h"
#include "options/command_options.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using Words = std::vector<std::string>;

TEST_CASE("a profile and a format are enough") {
  const ExportOptions options = parse_export_options({"p.yaml", "--format", "docker-args"});
  CHECK(options.profile == "p.yaml");
  CHECK(options.target->format == "docker-args");
  CHECK(options.style == ExportStyle::kDropAll);
  CHECK(options.merge.empty());
  CHECK(options.output.empty());
}

TEST_CASE("--in-place writes where --merge reads") {
  const ExportOptions options = parse_export_options(
      {"--format=compose", "--merge", "c.yaml", "--service=web", "--in-place", "p.yaml"});
  CHECK(options.merge == "c.yaml");
  CHECK(options.output == "c.yaml");
  CHECK(options.service == "web");
}

TEST_CASE("what export does not understand is refused") {
  for (const Words& words :
       {Words{}, Words{"p"}, Words{"--format", "compose"}, Words{"p", "--format", "xml"},
        Words{"p", "q", "--format", "compose"}, Words{"p", "--format", "compose", "--in-place"},
        Words{"p", "--format", "oci", "--merge", "f"},
        Words{"p", "--format", "compose", "--container", "c"},
        Words{"p", "--format", "kubernetes", "--service", "c"},
        Words{"p", "--format", "compose", "--service", "a: b"},
        Words{"p", "--format", "compose", "--service", ""},
        Words{"p", "--format", "kubernetes", "--container", "Web"},
        Words{"p", "--format", "compose", "--merge", "f", "--in-place", "-o", "g"},
        Words{"p", "--format", "compose", "-o", ""},
        Words{"p", "--format", "compose", "--style", "drop"},
        Words{"p", "--format", "compose", "--format", "compose"},
        Words{"p", "--format", "compose", "--mer", "f"}}) {
    CHECK(code_of([&words] { parse_export_options(words); }) == ExitCode::kUsage);
  }
}

TEST_CASE("the help text names every format") {
  for (const Target& target : targets()) {
    CHECK(table_for<ExportOptions>().help().find("\n  " + std::string(target.format)) !=
          std::string::npos);
  }
}

}  // namespace
}  // namespace capmin
