#include "engine/program_files.h"
#include "scratch.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <linux/capability.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace capmin {
namespace {

namespace fs = std::filesystem;

/// Part of every process's control group: this process stands for a container's first one.
const std::string kOurs = ":";

/// A program that carries CAP_NET_RAW with the effective bit, as setcap(8) writes it.
std::string carrying_net_raw(const Scratch& scratch) {
  const fs::path path = scratch.path / "tool";
  std::ofstream(path) << "#!/bin/sh\n";
  fs::permissions(path, fs::perms::owner_all);
  const struct vfs_cap_data data {
    .magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE, .data = {
      {.permitted = 1U << CAP_NET_RAW, .inheritable = 0},
      {}
    }
  };
  REQUIRE(::setxattr(path.c_str(), "security.capability", &data, sizeof data, 0) == 0);
  return path.string();
}

TEST_CASE("a program of a running container needs what its file carries") {
  const Scratch scratch;
  const std::string tool = carrying_net_raw(scratch);
  const auto link = scratch.path / "link";
  fs::create_symlink(tool, link);
  const CapabilitySet net_raw{Capability::kNetRaw};
  CHECK(needed_to_execute(kOurs, ::getpid(), {"/nowhere", tool}) == net_raw);
  CHECK(needed_to_execute(kOurs, ::getpid(), {link.string()}) == net_raw);
}

TEST_CASE("what cannot be executed needs nothing, whatever it carries") {
  const Scratch scratch;
  const std::string tool = carrying_net_raw(scratch);
  fs::permissions(tool, fs::perms::owner_read);
  CHECK(needed_to_execute(kOurs, ::getpid(), {tool, "/dev/null", "/"}) == CapabilitySet{});
}

TEST_CASE("the programs of what is no container of this machine are not known") {
  CHECK_FALSE(needed_to_execute("another", ::getpid(), {"/bin/sh"}));
  CHECK_FALSE(needed_to_execute(kOurs, 0, {"/bin/sh"}));
  CHECK_FALSE(needed_to_execute(kOurs, ::getpid(), {"./sh"}));
}

}  // namespace
}  // namespace capmin
