#include "report/audit.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using enum Capability;
using Grounds = std::vector<AuditGround>;

AuditedContainer container(CapabilitySet held) {
  AuditedContainer result;
  result.name = "web";
  result.id = "c0";
  result.image = "nginx";
  result.image_id = "sha256:11";
  result.held = held;
  return result;
}

AuditProfile profile(const std::string& path, CapabilitySet add) {
  AuditProfile result{.path = path, .profile = {}, .line = 7};
  result.profile.image.reference = "nginx";
  result.profile.image.id = "sha256:11";
  result.profile.add = add;
  return result;
}

TEST_CASE("what is held beyond the profile is the surplus, and what is not held is lacking") {
  const AuditEntry entry =
      audit_entry(container({kChown, kNetRaw}), {profile("a.yaml", {kChown, kSetuid})});
  CHECK(entry.profile == "a.yaml");
  CHECK(entry.line == 7);
  CHECK(entry.surplus == CapabilitySet{kNetRaw});
  CHECK(entry.lacking == CapabilitySet{kSetuid});
  CHECK(entry.grounds == Grounds{AuditGround::kSurplus});
}

TEST_CASE("a container with exactly the profile's set gives no ground") {
  CHECK(audit_entry(container({kChown}), {profile("a.yaml", {kChown})}).grounds.empty());
}

TEST_CASE("what is needed under a condition is neither surplus nor lacking") {
  AuditProfile found = profile("a.yaml", {kChown});
  found.profile.conditional = {{kNetBindService, "somewhere"}};
  CHECK(audit_entry(container({kChown, kNetBindService}), {found}).grounds.empty());
  const AuditEntry without = audit_entry(container({kChown}), {found});
  CHECK(without.grounds.empty());
  CHECK(without.lacking.empty());
}

TEST_CASE("an image without a profile is unknown, and only what is of high risk counts") {
  AuditProfile other = profile("a.yaml", {});
  other.profile.image = {"redis", "", "sha256:22", "", ""};
  const AuditEntry harmless = audit_entry(container(docker_default_set()), {other});
  CHECK_FALSE(harmless.match);
  CHECK(harmless.surplus.empty());
  CHECK(harmless.grounds == Grounds{AuditGround::kUnknown});
  const AuditEntry risky = audit_entry(container({kSysAdmin, kChown}), {});
  CHECK(risky.dangerous == CapabilitySet{kSysAdmin});
  CHECK(risky.grounds == Grounds{AuditGround::kUnknown, AuditGround::kRisk});
}

TEST_CASE(
    "a capability of high risk that the profile asks for is no ground, privileged always is") {
  AuditedContainer found = container({kSysAdmin});
  const std::vector<AuditProfile> profiles{profile("a.yaml", {kSysAdmin})};
  CHECK(audit_entry(found, profiles).grounds.empty());
  found.privileged = true;
  CHECK(audit_entry(found, profiles).grounds == Grounds{AuditGround::kRisk});
}

TEST_CASE("an image is known by its id, its digest or its name") {
  AuditedContainer found = container({});
  found.image = "docker.io/library/nginx:latest";
  found.image_digest = "sha256:99";
  CHECK(match_of(found, {"x", "", "sha256:11", "", ""}) == ImageMatch::kId);
  CHECK(match_of(found, {"x", "sha256:99", "sha256:22", "", ""}) == ImageMatch::kDigest);
  CHECK(match_of(found, {"nginx", "", "sha256:22", "", ""}) == ImageMatch::kReference);
  for (const char* const name :
       {"nginx:1", "other/nginx", "registry:5000/nginx", "nginx@sha256:9"}) {
    CHECK_FALSE(match_of(found, {name, "", "sha256:22", "", ""}));
  }
  found.image = "localhost/team/app";
  CHECK(match_of(found, {"team/app:latest", "", "", "", ""}) == ImageMatch::kReference);
  found.image_digest = "";
  CHECK_FALSE(match_of(found, {"x", "", "sha256:22", "", ""}));
}

TEST_CASE("of several profiles the surest match counts, then the one that leaves least") {
  AuditProfile by_name = profile("a.yaml", {kChown, kNetRaw});
  by_name.profile.image.id = "sha256:22";
  CHECK(audit_entry(container({kChown, kNetRaw}), {by_name, profile("b.yaml", {kChown})}).profile ==
        "b.yaml");
  CHECK(audit_entry(
            container({kChown, kKill}),
            {profile("c.yaml", {kKill}), profile("b.yaml", {kChown}), profile("a.yaml", {kNetRaw})})
            .profile == "b.yaml");
  CHECK(audit_entry(container({}), {profile("b.yaml", {}), profile("a.yaml", {})}).profile ==
        "a.yaml");
}

TEST_CASE("an audit fails for the grounds that are asked for") {
  Audit audit;
  audit.entries.push_back(audit_entry(container({kChown}), {profile("a.yaml", {})}));
  CHECK(fails(audit, {AuditGround::kSurplus}));
  CHECK(fails(audit, {AuditGround::kRisk, AuditGround::kSurplus}));
  CHECK_FALSE(fails(audit, {AuditGround::kRisk, AuditGround::kUnknown}));
  CHECK_FALSE(fails(audit, {}));
  CHECK_FALSE(fails(Audit{}, {AuditGround::kSurplus}));
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("the text tells the surplus by its risk, the worst first, and how the container runs") {
  Audit audit;
  AuditedContainer found = container({kChown, kNetRaw, kSysAdmin});
  found.root = true;
  found.host_network = true;
  audit.entries.push_back(audit_entry(found, {profile("a.yaml", {kChown})}));
  const std::string text = to_text(audit);
  CHECK(text.starts_with("web  nginx\n"));
  CHECK(has(text, "surplus high      SYS_ADMIN\n"));
  CHECK(has(text, "medium    NET_RAW\n"));
  CHECK(has(text, "as root, without no-new-privileges, in the host's network\n"));
  CHECK(has(text, "1 container: 1 with more than the profile says, 1 at high risk, 0 without"));
}

TEST_CASE("SARIF tells what is held and not needed, and whether there is a profile to say so") {
  Audit audit;
  audit.entries.push_back(audit_entry(container({kChown, kKill}), {profile("a.yaml", {kChown})}));
  audit.entries.push_back(audit_entry(container({kSysTime}), {}));
  const std::string text = to_sarif(audit);
  CHECK(has(text, "holds KILL, which its profile does not say it needs. It lets an attacker"));
  CHECK(has(text, "holds SYS_TIME, which no profile says it needs. It lets an attacker"));
  CHECK_FALSE(has(text, "holds CHOWN"));
}

TEST_CASE("a privileged container is one result of SARIF, not one for each capability") {
  Audit audit;
  AuditedContainer found = container(CapabilitySet::from_bits((1ULL << kCapabilityCount) - 1));
  found.privileged = true;
  found.no_new_privileges = true;
  audit.entries.push_back(audit_entry(found, {profile("a.yaml", {kChown})}));
  const std::string text = to_sarif(audit);
  CHECK(has(text, "\"ruleId\": \"privileged\""));
  CHECK_FALSE(has(text, "surplus-"));
  CHECK_FALSE(has(text, "\"ruleId\": \"new-privileges\""));
  CHECK(has(text, "\"uri\": \"a.yaml\""));
}

}  // namespace
}  // namespace capmin
