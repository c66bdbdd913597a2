#include "engine/mount.h"

#include "expect_error.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

std::string volume(std::string_view argument) {
  return parse_mount(argument).volume;
}

TEST_CASE("a mount is what --volume says in other words") {
  CHECK(volume("type=bind,source=/srv,target=/data") == "/srv:/data");
  CHECK(volume("type=bind,src=/srv,dst=/data,readonly") == "/srv:/data:ro");
  CHECK(volume("type=bind,src=conf,destination=/etc/app,ro=true,bind-propagation=rslave") ==
        "./conf:/etc/app:ro,rslave");
  CHECK(volume("source=data,target=/data") == "data:/data");
  CHECK(volume("type=volume,source=data,target=/data,volume-nocopy") == "data:/data:nocopy");
  CHECK(volume("type=volume,target=/data,readonly=false") == "/data");
}

TEST_CASE("a mount of a tmpfs is what --tmpfs says") {
  const Mount mount = parse_mount("type=tmpfs,target=/run,tmpfs-size=1m,tmpfs-mode=1770");
  CHECK(mount.volume.empty());
  CHECK(mount.tmpfs == "/run:size=1m,mode=1770");
  CHECK(parse_mount("type=tmpfs,destination=/run").tmpfs == "/run");
}

TEST_CASE("what a trial's own volumes cannot be is refused") {
  for (const char* const argument :
       {"", "type=bind", "type=bind,target=/data", "type=npipe,source=a,target=/b",
        "type=volume,source=/srv,target=/data", "type=volume,source=a,target=data",
        "type=volume,source=a,target=/b,volume-driver=nfs", "type=bind,source=/a,target=/b,x=y"}) {
    CAPTURE(argument);
    CHECK(code_of([argument] { parse_mount(argument); }) == ExitCode::kUsage);
  }
}

}  // namespace
}  // namespace capmin
