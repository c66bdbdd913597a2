#include "profile/profile_diff.h"
#include "profile_sample.h"

#include <doctest/doctest.h>

#include <functional>

namespace capmin {
namespace {

Drift drift_after(const std::function<void(Profile&)>& change) {
  Profile now = sample_profile();
  change(now);
  return drift_of(diff(sample_profile(), now));
}

bool is_stale_after(const std::function<void(Profile&)>& change) {
  const Drift drift = drift_after(change);
  return drift.stale.size() == 1 && drift.image.empty() && drift.notes.empty();
}

TEST_CASE("nothing changed is no drift") {
  CHECK(drift_after([](Profile&) {}).empty());
}

TEST_CASE("another probe, user, class of engine or option makes a profile stale") {
  CHECK(is_stale_after([](Profile& p) { p.probe.sha256 = "0"; }));
  CHECK(is_stale_after([](Profile& p) { p.probe.kind = ProbeKind::kExec; }));
  CHECK(is_stale_after([](Profile& p) { p.probe.scenario = {"start"}; }));
  CHECK(is_stale_after([](Profile& p) { p.image.user = "1000"; }));
  CHECK(is_stale_after([](Profile& p) { p.image.platform = "linux/arm64"; }));
  CHECK(is_stale_after([](Profile& p) { p.environment.engine = Dialect::kPodman; }));
  CHECK(is_stale_after([](Profile& p) { p.environment.rootless = true; }));
  CHECK(is_stale_after([](Profile& p) { p.environment.userns_remap = true; }));
  CHECK(is_stale_after([](Profile& p) { p.environment.seccomp = "off"; }));
  CHECK(is_stale_after([](Profile& p) { p.environment.network = "none"; }));
  CHECK(is_stale_after([](Profile& p) { p.environment.ports = Ports::kEngine; }));
  CHECK(is_stale_after([](Profile& p) { p.environment.options = {}; }));
  CHECK(is_stale_after([](Profile& p) { p.environment.command = {}; }));
  CHECK(is_stale_after([](Profile& p) { p.environment.sysctls["a"] = "1"; }));
}

TEST_CASE("another image is known by its id, a name or a registry's digest alone is none") {
  CHECK(drift_after([](Profile& p) { p.image.id = "sha256:0"; }).is_new_image);
  const Drift renamed = drift_after([](Profile& p) {
    p.image.reference = "nginx:latest";
    p.image.digest = "sha256:0";
  });
  CHECK_FALSE(renamed.is_new_image);
  CHECK(renamed.image.size() == 2);
  CHECK(renamed.stale.empty());
}

TEST_CASE("other versions, places and demands are notes") {
  const Drift drift = drift_after([](Profile& p) {
    p.environment.version = "24";
    p.environment.kernel = "7";
    p.environment.runtime = "crun";
    p.probe.path = "elsewhere.sh";
    p.judgement->confirm = 9;
  });
  CHECK(drift.notes.size() == 5);
  CHECK(drift.stale.empty());
  CHECK_FALSE(drift.is_new_image);
}

}  // namespace
}  // namespace capmin
