#include "expect_error.h"
#include "options/command_options.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using Words = std::vector<std::string>;

TEST_CASE("an audit looks at all containers and fails for a surplus unless told otherwise") {
  const AuditOptions options = parse_audit_options({});
  CHECK(options.containers.empty());
  CHECK(options.labels.empty());
  CHECK(options.fail_on == std::vector{AuditGround::kSurplus});
}

TEST_CASE("a project of Compose is a label; the last --fail-on counts, with all its words") {
  const AuditOptions options =
      parse_audit_options({"--project", "shop", "--label", "tier=web", "--fail-on", "surplus",
                           "--fail-on", "risk,unknown", "--profiles", "a", "--profiles", "b"});
  CHECK(options.labels == Words{"com.docker.compose.project=shop", "tier=web"});
  CHECK(options.fail_on == std::vector{AuditGround::kRisk, AuditGround::kUnknown});
  CHECK(options.profiles == Words{"a", "b"});
}

TEST_CASE("what audit does not understand is refused") {
  for (const Words& words :
       {Words{"web"}, Words{"--fail-on", "all"}, Words{"--fail-on", ""}, Words{"--container", ""},
        Words{"--container", "a", "--project", "p"}, Words{"--label=-x"}}) {
    CHECK(code_of([&words] { parse_audit_options(words); }) == ExitCode::kUsage);
  }
}

}  // namespace
}  // namespace capmin
