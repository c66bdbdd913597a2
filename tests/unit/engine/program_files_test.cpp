#include "engine/program_files.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using enum Capability;
using Places = std::vector<std::string>;

const Places kPath{"/usr/bin", "/bin"};

TarEntry file(unsigned mode, std::size_t uid) {
  TarEntry entry;
  entry.kind = TarEntry::Kind::kFile;
  entry.path = "usr/bin/tool";
  entry.mode = mode;
  entry.uid = uid;
  return entry;
}

TEST_CASE("a name is looked up in PATH, a path from the root or the working directory") {
  CHECK(places_of("ping", kPath, "/app") == Places{"/usr/bin/ping", "/bin/ping"});
  CHECK(places_of("/sbin/ping", kPath, "/app") == Places{"/sbin/ping"});
  CHECK(places_of("./tool", kPath, "/app") == Places{"/app/tool"});
  CHECK(places_of("bin/tool", kPath, "/app") == Places{"/app/bin/tool"});
  CHECK(places_of("../tool", kPath, "/app/run") == Places{"/app/tool"});
  CHECK(places_of("./tool", kPath, "") == Places{"/tool"});
  CHECK(places_of("", kPath, "/app").empty());
}

TEST_CASE("relative directories of PATH begin at the working directory") {
  CHECK(places_of("tool", {"bin", "", "/bin"}, "/app") ==
        Places{"/app/bin/tool", "/app/tool", "/bin/tool"});
}

TEST_CASE("a program that is root's and setuid is told with its path") {
  const auto program = privileged_program(file(04755, 0));
  REQUIRE(program);
  CHECK(program->path == "/usr/bin/tool");
  CHECK(program->privileges.setuid_root);
}

TEST_CASE("setuid means nothing here for another owner, and nothing without execute bits") {
  CHECK_FALSE(privileged_program(file(04755, 1000)));
  CHECK_FALSE(privileged_program(file(04644, 0)));
  CHECK_FALSE(privileged_program(file(02755, 0)));
  CHECK_FALSE(privileged_program(file(0755, 0)));
}

TEST_CASE("a program with file capabilities is told with them, needed to execute it or not") {
  TarEntry entry = file(0755, 1000);
  entry.capability = FileCapability{.permitted = {kNetRaw}, .inheritable = {}, .effective = true};
  CHECK(privileged_program(entry)->privileges ==
        ProgramPrivileges{.needed_to_execute = {kNetRaw}, .carried = {kNetRaw}});
  entry.capability->effective = false;
  CHECK(privileged_program(entry)->privileges ==
        ProgramPrivileges{.needed_to_execute = {}, .carried = {kNetRaw}});
  entry.kind = TarEntry::Kind::kOther;
  CHECK_FALSE(privileged_program(entry));
}

}  // namespace
}  // namespace capmin
