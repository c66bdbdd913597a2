#include "cli/commands.h"
#include "text/embedded.h"

#include <doctest/doctest.h>

#include <string>

namespace capmin {
namespace {

using enum Capability;

const RuleTable& table() {
  static const RuleTable embedded = RuleTable::parse(embedded_rules(), "rules.yaml");
  return embedded;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

KernelSets sets_of(CapabilitySet bounding, CapabilitySet effective) {
  return {.inheritable = {},
          .permitted = effective,
          .effective = effective,
          .bounding = bounding,
          .ambient = {}};
}

TEST_CASE("what a log says is told to programs with the number of each line") {
  const std::string text =
      logs_json({{"a.log", "started\nchown: changing ownership of 'x': Operation not permitted\n"},
                 {"b.log", "ready\n"}},
                table());
  CHECK(has(text, "\"name\": \"a.log\""));
  CHECK(has(text, "\"number\": 2"));
  CHECK(has(text, "\"rule\": \"chown\""));
  CHECK(has(text, "\"name\": \"b.log\",\n      \"clues\": [],\n      \"suspects\": []"));
}

TEST_CASE("a mask is 1 to 16 hexadecimal digits, with or without 0x") {
  CHECK(mask_named("a80425fb") == docker_default_set());
  CHECK(mask_named("0x00000000A80425FB") == docker_default_set());
  CHECK(mask_named("0") == CapabilitySet{});
  CHECK(mask_named("ffffffffffffffff")->bits() == ~std::uint64_t{0});
  for (const char* text :
       {"", "0x", "00000000000000001", "a80425fg", "-1", "+1", " 1", "0x-1", "1 "}) {
    CHECK_FALSE_MESSAGE(mask_named(text), text);
  }
}

TEST_CASE("a mask is decoded as capsh does") {
  CHECK(mask_text({kChown, kNetRaw}) == "0x0000000000002001=cap_chown,cap_net_raw\n");
  CHECK(mask_text({}) == "0x0000000000000000=\n");
  CHECK(mask_text(CapabilitySet::from_bits(3ULL << 40U)) ==
        "0x0000030000000000=cap_checkpoint_restore,41\n");
}

TEST_CASE("every capability has an explanation with a need and a way to be granted") {
  for (const CapabilityInfo& row : all_capabilities()) {
    const std::string text = capability_text(row.capability, table());
    CHECK(text.starts_with(std::string(row.name) + "  capability "));
    CHECK_FALSE_MESSAGE(has(text, "no rule suspects it;"), row.name);
    for (const char* part : {"\n  permits", "\n  risk", "\n  need ", "\n  needed", "\n  where"}) {
      CHECK_MESSAGE(has(text, part), row.name);
    }
  }
}

TEST_CASE("an explanation without a rule says so") {
  const RuleTable none = RuleTable::extended("replace: true\nrules: []\n", "none.yaml");
  CHECK(has(capability_text(kLease, none), "no rule suspects it;"));
}

TEST_CASE("a container's sets are compared with Docker's") {
  const std::string same =
      sets_text("app", 7, sets_of(docker_default_set(), docker_default_set()), nullptr);
  CHECK(same.starts_with("container app, process 7\n  CapInh  0000000000000000  (none)\n"));
  CHECK(has(same, "  CapBnd  00000000a80425fb  AUDIT_WRITE CHOWN "));
  CHECK(has(same, "  bounding   is Docker's default set\n"));
  const std::string other =
      sets_text("app", 7, sets_of(docker_default_set().with(kSyslog).without(kKill), {}), nullptr);
  CHECK(has(other, "  bounding   beyond Docker's default set: SYSLOG; without KILL\n"));
  CHECK(has(other, "  effective  without AUDIT_WRITE "));
  CHECK(has(other, " of Docker's default set\n"));
}

TEST_CASE("a container's sets are compared with a profile's") {
  Profile profile;
  profile.image.reference = "nginx:1";
  profile.add = {kChown};
  const std::string text = sets_text("app", 7, sets_of({kChown}, {}), &profile);
  CHECK(has(text,
            "beside the profile of nginx:1, which adds CHOWN\n  bounding   is the profile's set\n"
            "  effective  without CHOWN of the profile's set\n"));
}

TEST_CASE("what a profile adds in some places only may be held or not") {
  Profile profile;
  profile.add = {kChown};
  profile.conditional = {{kNetBindService, "somewhere"}};
  for (const CapabilitySet held : {CapabilitySet{kChown}, CapabilitySet{kChown, kNetBindService}}) {
    const std::string text = sets_text("app", 7, sets_of(held, held), &profile);
    CHECK(has(text, "which adds CHOWN, and in some places NET_BIND_SERVICE\n"));
    CHECK(has(text, "  bounding   is the profile's set\n"));
  }
}

TEST_CASE("bits without a name are shown as numbers in sets too") {
  const std::string text =
      sets_text("app", 7, sets_of(CapabilitySet::from_bits(1ULL << 41U), {}), nullptr);
  CHECK(has(text, "  CapBnd  0000020000000000  41\n"));
}

TEST_CASE("a log's explanation ends with what to try first") {
  CHECK(log_text("app.log", "ready\n", table()) ==
        "log app.log: no line speaks for a capability\n");
  const std::string text = log_text(
      "-", "chown: Operation not permitted\nlisten tcp :80: bind: permission denied\n", table());
  CHECK(has(text, "log standard input: 2 clues; to try first: NET_BIND_SERVICE, CHOWN"));
}

}  // namespace
}  // namespace capmin
