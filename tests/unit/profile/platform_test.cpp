#include "profile/platform.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace capmin {
namespace {

Access on(const std::string& platform, Capability capability) {
  const std::vector<PlatformAccess> all = platforms_for(capability);
  const auto found = std::ranges::find(all, platform, &PlatformAccess::platform);
  REQUIRE_MESSAGE(found != all.end(), platform);
  return found->access;
}

TEST_CASE("podman grants Docker's default set without three") {
  using enum Capability;
  CHECK(podman_default_set().size() == 11);
  CHECK(docker_default_set() - podman_default_set() == CapabilitySet{kMknod, kNetRaw, kAuditWrite});
}

TEST_CASE("each platform has its own answer for a capability") {
  using enum Capability;
  CHECK(on("Docker", kNetRaw) == Access::kGranted);
  CHECK(on("podman", kNetRaw) == Access::kAddable);
  // A Pod that drops nothing has what its runtime grants, also under "baseline".
  CHECK(on("Kubernetes baseline, containerd", kNetRaw) == Access::kGranted);
  CHECK(on("Kubernetes baseline, CRI-O", kNetRaw) == Access::kRefused);
  CHECK(on("Kubernetes baseline, CRI-O", kChown) == Access::kGranted);
  CHECK(on("Kubernetes baseline, CRI-O", kSysChroot) == Access::kAddable);
  CHECK(on("Kubernetes baseline, containerd", kNetAdmin) == Access::kRefused);
  CHECK(on("Kubernetes restricted", kChown) == Access::kRefused);
  CHECK(on("Kubernetes restricted", kNetBindService) == Access::kAddable);
  CHECK(on("Fargate", kSysPtrace) == Access::kAddable);
  CHECK(on("Fargate", kNetAdmin) == Access::kRefused);
}

}  // namespace
}  // namespace capmin
