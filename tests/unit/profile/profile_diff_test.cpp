#include "profile/profile_diff.h"

#include "profile_sample.h"

#include <doctest/doctest.h>

#include <functional>

namespace capmin {
namespace {

using enum Capability;
using Changes = std::vector<Change>;

/// The difference that `change` makes to the sample.
ProfileDiff diff_after(const std::function<void(Profile&)>& change) {
  Profile after = sample_profile();
  change(after);
  return diff(sample_profile(), after);
}

TEST_CASE("a profile does not differ from itself") {
  CHECK(diff(sample_profile(), sample_profile()).empty());
}

TEST_CASE("what differs from run to run is no difference") {
  CHECK(diff_after([](Profile& p) {
          p.run = {"2.0.0", "2027-01-01T00:00:00Z", 99, 99, 99};
          p.passed.front().trial = 17;
          p.reasons.front().line = "other words";
          p.warnings.clear();
          p.search.clear();
          p.run.deadline_seconds = 99;
        }).empty());
}

TEST_CASE("the order of conditions is no difference") {
  Profile before = sample_profile();
  before.conditional = {{kNetRaw, "b"}, {kNetRaw, "a"}, {kKill, "c"}};
  Profile after = before;
  std::swap(after.conditional.front(), after.conditional.back());
  CHECK(diff(before, after).empty());
}

TEST_CASE("added and removed capabilities are told apart") {
  const ProfileDiff result = diff_after([](Profile& p) { p.add = {kChown, kKill}; });
  CHECK(result.added == CapabilitySet{kKill});
  CHECK(result.removed == CapabilitySet{kDacOverride, kSetgid, kSetuid});
  CHECK_FALSE(result.riskier);
}

TEST_CASE("one worse capability is riskier than many better ones") {
  CHECK(diff_after([](Profile& p) { p.add = {kSysAdmin}; }).riskier);
  CHECK(diff_after([](Profile& p) { p.add = p.add.with(kKill); }).riskier);
}

TEST_CASE("what was found with ports open to all is not less risky for what it cannot tell") {
  const Profile portable = sample_profile();
  Profile engine = portable;
  engine.environment.ports = Ports::kEngine;
  engine.conditional.clear();
  CHECK_FALSE(diff(engine, portable).riskier);
  CHECK_FALSE(diff(portable, engine).riskier);
  Profile more = portable;
  more.add = more.add.with(kNetRaw);
  CHECK(diff(engine, more).riskier);
  // Elsewhere the engine's own settings tell of privileged ports, too.
  Profile podman = engine;
  podman.environment.engine = Dialect::kPodman;
  podman.add = podman.add.with(kNetBindService);
  CHECK_FALSE(diff(portable, podman).riskier);
  CHECK_FALSE(diff(podman, portable).riskier);
  CHECK_FALSE(diff(engine, podman).riskier);
  podman.add = podman.add.with(kNetRaw);
  CHECK(diff(portable, podman).riskier);
}

TEST_CASE("a swap within a tier is not riskier") {
  CHECK_FALSE(diff_after([](Profile& p) { p.add = p.add.without(kChown).with(kFowner); }).riskier);
}

TEST_CASE("conditional capabilities count when the sets are equal") {
  CHECK(diff_after([](Profile& p) { p.conditional.push_back({kNetRaw, "x"}); }).riskier);
  CHECK_FALSE(diff_after([](Profile& p) { p.conditional.clear(); }).riskier);
}

TEST_CASE("changed, new and gone conditions are named with their capability") {
  CHECK(diff_after([](Profile& p) {
          p.conditional = {{kNetRaw, "x"}};
        }).conditions ==
        Changes{{"NET_BIND_SERVICE", "net.ipv4.ip_unprivileged_port_start > 80", ""},
                {"NET_RAW", "", "x"}});
}

TEST_CASE("every fact of image, proof, probe and environment is compared") {
  const auto field = [](const std::function<void(Profile&)>& change) {
    const Changes facts = diff_after(change).facts;
    REQUIRE(facts.size() == 1);
    return facts.front().field;
  };
  CHECK(field([](Profile& p) { p.image.reference = "x"; }) == "image.reference");
  CHECK(field([](Profile& p) { p.image.digest = "x"; }) == "image.digest");
  CHECK(field([](Profile& p) { p.image.id = "x"; }) == "image.id");
  CHECK(field([](Profile& p) { p.image.platform = "x"; }) == "image.platform");
  CHECK(field([](Profile& p) { p.image.user = "x"; }) == "image.user");
  CHECK(field([](Profile& p) { p.guarantee = std::nullopt; }) == "proof.guarantee");
  CHECK(field([](Profile& p) { p.probe.kind = ProbeKind::kExec; }) == "probe.kind");
  CHECK(field([](Profile& p) { p.probe.path = "x"; }) == "probe.path");
  CHECK(field([](Profile& p) { p.probe.sha256 = "x"; }) == "probe.sha256");
  CHECK(field([](Profile& p) { p.probe.scenario = {"x"}; }) == "probe.scenario");
  CHECK(field([](Profile& p) { p.environment.engine = Dialect::kPodman; }) == "environment.engine");
  CHECK(field([](Profile& p) { p.environment.version = "x"; }) == "environment.version");
  CHECK(field([](Profile& p) { p.environment.runtime = "x"; }) == "environment.runtime");
  CHECK(field([](Profile& p) { p.environment.kernel = "x"; }) == "environment.kernel");
  CHECK(field([](Profile& p) { p.environment.seccomp = "x"; }) == "environment.seccomp");
  CHECK(field([](Profile& p) { p.environment.rootless = true; }) == "environment.rootless");
  CHECK(field([](Profile& p) { p.environment.network = "x"; }) == "environment.network");
  CHECK(field([](Profile& p) { p.environment.ports = Ports::kEngine; }) == "environment.ports");
  CHECK(field([](Profile& p) { p.environment.sysctls["a.b"] = "1"; }) == "environment.sysctls.a.b");
  CHECK(field([](Profile& p) { p.environment.options = {"x"}; }) == "environment.options");
  CHECK(field([](Profile& p) { p.environment.command = {"x"}; }) == "environment.command");
}

TEST_CASE("a sysctl that is gone has no value afterwards") {
  CHECK(diff_after([](Profile& p) {
          p.environment.sysctls.erase("net.ipv4.ping_group_range");
        }).facts == Changes{{"environment.sysctls.net.ipv4.ping_group_range", "1 0", ""}});
}

TEST_CASE("how trials were judged is told apart, but not from profiles that do not say") {
  const auto field = [](const std::function<void(Profile&)>& change) {
    return diff_after(change).facts.at(0).field;
  };
  CHECK(field([](Profile& p) { p.judgement->ceiling = {kChown}; }) == "judgement.ceiling");
  CHECK(field([](Profile& p) { p.judgement->level = Level::kAllMinimal; }) == "judgement.level");
  CHECK(field([](Profile& p) { p.judgement->confirm = 7; }) == "judgement.confirm");
  CHECK(field([](Profile& p) { p.judgement->strict = false; }) == "judgement.strict");
  CHECK(field([](Profile& p) { p.judgement->timeout = "1s"; }) == "judgement.timeout");
  CHECK(field([](Profile& p) { p.judgement->settle = "1s"; }) == "judgement.settle");
  CHECK(diff_after([](Profile& p) { p.judgement.reset(); }).empty());
}

TEST_CASE("users that are remapped are told apart, but not from profiles that do not say") {
  CHECK(diff_after([](Profile& p) { p.environment.userns_remap = true; }).facts ==
        Changes{{"environment.userns_remap", "false", "true"}});
  Profile old = sample_profile();
  old.environment.userns_remap.reset();
  CHECK(diff(old, sample_profile()).empty());
  CHECK(diff(sample_profile(), old).empty());
}

TEST_CASE("the bounds of arguments are part of a command") {
  Profile before;
  before.environment.command = {"a", "b c"};
  Profile after;
  after.environment.command = {"a b", "c"};
  CHECK(diff(before, after).facts ==
        Changes{{"environment.command", "\"a\" \"b c\"", "\"a b\" \"c\""}});
}

}  // namespace
}  // namespace capmin
