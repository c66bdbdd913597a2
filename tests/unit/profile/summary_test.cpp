#include "profile/sentences.h"
#include "profile_sample.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using enum Capability;

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// The summary of a proven set of an image without anything else to say.
std::string summary_of(CapabilitySet set, std::string_view written_to = "web.yaml") {
  Profile profile;
  profile.image.reference = "web:1";
  profile.environment.seccomp = "default";
  profile.add = set;
  profile.run = {"1.0.0", "", 2, 1, 3.04, 0, {}, {}};
  return summary(profile, written_to);
}

TEST_CASE("the summary says what to keep, why, where, how to avoid it and what it cost") {
  Profile profile = sample_profile();
  profile.alternatives.clear();
  profile.other_pass.reset();
  profile.warnings.clear();
  CHECK(summary(profile, "nginx.yaml") ==
        "nginx:1.27 needs 4 of Docker's 14 default capabilities, 1 more in some places; 9 can be "
        "dropped\n"
        "  keep  CHOWN DAC_OVERRIDE SETGID SETUID    each one removed again: the probe fails\n"
        "  also  NET_BIND_SERVICE                    only where ports below 1024 are privileged "
        "(podman,\n"
        "                                            CRI-O, host network)\n"
        "  avoid CHOWN                               give /var/lib/nginx to www-data when the "
        "image is built\n"
        "  avoid DAC_OVERRIDE                        make /var/log/nginx writable for root's "
        "group, or log to\n"
        "                                            stderr\n"
        "  avoid SETGID                              setgid by nginx: denied, but the call did not "
        "fail for\n"
        "                                            that\n"
        "  avoid SETUID                              setuid(33) failed (1: Operation not "
        "permitted)\n"
        "  proof: unique, passed in trial 6, failed in trials 7 8 9 10; assumes that a superset of "
        "a\n"
        "    passing set passes\n"
        "  Kubernetes: fits Pod Security \"baseline\", not \"restricted\", which refuses CHOWN "
        "DAC_OVERRIDE\n"
        "    SETGID SETUID and asks for a user other than root, no-new-privileges "
        "(allowPrivilegeEscalation:\n"
        "    false)\n"
        "  wrote nginx.yaml     11 container runs (fewest possible: 5)   14 s\n"
        "  grant --cap-drop ALL --cap-add CHOWN --cap-add DAC_OVERRIDE --cap-add SETGID --cap-add "
        "SETUID\n"
        "Next: capmin report nginx.yaml\n"
        "      capmin export nginx.yaml --format compose\n");
}

TEST_CASE("on a narrow screen longer texts stand below the names") {
  Profile profile = sample_profile();
  profile.alternatives.clear();
  profile.other_pass.reset();
  profile.warnings.clear();
  profile.reasons.resize(1);
  CHECK(summary(profile, "nginx.yaml", 60) ==
        "nginx:1.27 needs 4 of Docker's 14 default capabilities, 1 more in some places; 9 can be "
        "dropped\n"
        "  keep  CHOWN DAC_OVERRIDE SETGID SETUID\n"
        "        each one removed again: the probe fails\n"
        "  also  NET_BIND_SERVICE\n"
        "        only where ports below 1024 are privileged (podman,\n"
        "        CRI-O, host network)\n"
        "  avoid CHOWN\n"
        "        give /var/lib/nginx to www-data when the image is\n"
        "        built\n"
        "  proof: unique, passed in trial 6, failed in trials 7 8 9\n"
        "    10; assumes that a superset of a passing set passes\n"
        "  Kubernetes: fits Pod Security \"baseline\", not\n"
        "    \"restricted\", which refuses CHOWN DAC_OVERRIDE SETGID\n"
        "    SETUID and asks for a user other than root,\n"
        "    no-new-privileges (allowPrivilegeEscalation: false)\n"
        "  wrote nginx.yaml     11 container runs (fewest possible: 5)   14 s\n"
        "  grant --cap-drop ALL --cap-add CHOWN \\\n"
        "        --cap-add DAC_OVERRIDE --cap-add SETGID \\\n"
        "        --cap-add SETUID\n"
        "Next: capmin report nginx.yaml\n"
        "      capmin export nginx.yaml --format compose\n");
}

TEST_CASE("members that are avoided in the same way share a line") {
  Profile profile = sample_profile();
  profile.reasons[2].advice = "run as one user";
  profile.reasons[3].advice = "run as one user";
  const std::string text = summary(profile, "nginx.yaml");
  CHECK(contains(text, "  avoid SETGID SETUID "));
  CHECK(text.find("run as one user") == text.rfind("run as one user"));
}

TEST_CASE("the file is named as a shell takes it") {
  const std::string text = summary_of({}, "my profiles/web.yaml");
  CHECK(contains(text, "Next: capmin report 'my profiles/web.yaml'\n"));
  CHECK(contains(text, "      capmin export 'my profiles/web.yaml' --format compose\n"));
}

TEST_CASE("where nothing was written the next step is to keep the profile") {
  const std::string text = summary_of({}, "");
  CHECK(contains(text, "Next: -o FILE keeps the profile, for capmin report FILE and"));
  CHECK_FALSE(contains(text, "wrote"));
}

TEST_CASE("an image that needs nothing is told so") {
  CHECK(summary_of({}) ==
        "web:1 needs none of Docker's 14 default capabilities; all 14 can be dropped\n"
        "  keep (none)    the probe passes without any capability\n"
        "  proof: one-minimal\n"
        "  Kubernetes: fits Pod Security \"baseline\", not \"restricted\", which asks for a user "
        "other than\n"
        "    root, no-new-privileges (allowPrivilegeEscalation: false)\n"
        "  wrote web.yaml     2 container runs (fewest possible: 1)   3.0 s\n"
        "  grant --cap-drop ALL\n"
        "Next: capmin report web.yaml\n"
        "      capmin export web.yaml --format compose\n");
}

TEST_CASE("what is needed in some places only can be dropped in the others only") {
  Profile profile;
  profile.conditional = {{kNetBindService, "net.ipv4.ip_unprivileged_port_start > 80"},
                         {kNetRaw, "x"}};
  CHECK(contains(summary(profile, ""),
                 "needs none of Docker's 14 default capabilities, 2 in some places; 12 can be "
                 "dropped\n"));
  // Needed everywhere, and once more under a condition.
  profile.add = {kNetRaw};
  CHECK(contains(summary(profile, ""),
                 "needs 1 of Docker's 14 default capabilities, 1 more in some places; 12 can be "
                 "dropped\n"));
}

TEST_CASE("one member is not spoken of as many") {
  const std::string text = summary_of({kKill});
  CHECK(contains(text, "needs 1 of Docker's 14 default capabilities; 13 can be dropped\n"));
  CHECK(contains(text, "  keep KILL    removed again: the probe fails\n"));
}

TEST_CASE("an image that needs everything is told so") {
  CHECK(contains(summary_of(docker_default_set()),
                 "needs all of Docker's 14 default capabilities; none can be dropped\n"));
}

TEST_CASE("members outside Docker's default are counted apart") {
  CHECK(contains(summary_of({kKill, kSysNice}),
                 "needs 1 of Docker's 14 default capabilities and 1 other; 13 can be dropped\n"));
  CHECK(contains(
      summary_of({kSysAdmin, kSysNice}),
      "needs none of Docker's 14 default capabilities, but 2 others; all 14 can be dropped\n"));
}

TEST_CASE("Kubernetes' levels follow the set and the user") {
  CHECK(contains(summary_of({kNetRaw, kKill}),
                 "  Kubernetes: only Pod Security \"privileged\" admits NET_RAW\n"));
  Profile profile;
  profile.image.user = "1000";
  profile.environment.seccomp = "default";
  profile.environment.options = {"--security-opt no-new-privileges"};
  CHECK(contains(summary(profile, ""), "  Kubernetes: fits Pod Security \"restricted\"\n"));
  profile.conditional = {{kNetRaw, "net.ipv4.ping_group_range is 1 0"}};
  CHECK(contains(summary(profile, ""),
                 "fits Pod Security \"restricted\"; \"privileged\" with NET_RAW\n"));
}

TEST_CASE("a condition on a member of the set is told as a limit of its need") {
  Profile profile;
  profile.add = {kNetBindService};
  profile.conditional = {{kNetBindService, "the port is below 1024"}};
  CHECK(contains(summary(profile, ""),
                 "  but  NET_BIND_SERVICE    only where the port is below 1024\n"));
}

/// The summary of a server on a low port that needs nothing where such ports are open.
std::string summary_of_low_port(Dialect engine) {
  Profile profile;
  profile.environment.engine = engine;
  profile.conditional = {{kNetBindService, "net.ipv4.ip_unprivileged_port_start > 80"}};
  return summary(profile, "");
}

TEST_CASE("a set of conditional members alone is not called needless") {
  for (const Dialect engine : {Dialect::kDocker, Dialect::kPodman}) {
    const std::string name(name_of(engine));
    CAPTURE(name);
    const std::string text = summary_of_low_port(engine);
    CHECK(contains(text, "under " + name + "'s own settings for ports and ping the probe"));
    CHECK_FALSE(contains(text, "  the probe passes without any capability"));
  }
}

TEST_CASE("who keeps low ports privileged is told for the engine at hand") {
  CHECK(contains(summary_of_low_port(Dialect::kDocker),
                 "only where ports below 1024 are privileged (podman, CRI-O, host network)\n"));
  const std::string text = summary_of_low_port(Dialect::kPodman);
  CHECK(contains(text, "(podman's default, CRI-O,"));
  CHECK(contains(text, "not under the settings of this podman"));
}

TEST_CASE("an incomplete proof is not called one") {
  Profile profile;
  profile.image.reference = "web:1";
  profile.add = {kKill, kChown};
  profile.guarantee = std::nullopt;
  const std::string text = summary(profile, "");
  CHECK(contains(text, "web:1 needs at most 2 of Docker's 14"));
  CHECK(contains(text, "the probe passes; not every member was proven to be needed"));
}

TEST_CASE("alternatives and warnings are mentioned") {
  Profile profile = sample_profile();
  profile.add = {kKill};
  profile.alternatives = {{13, {kChown}, {}, 2, {}, {}}};
  profile.other_pass = {14, {kFowner, kSetgid}, {}, 1, {}, {}};
  profile.conditional.clear();
  const std::string text = summary(profile, "nginx.yaml");
  CHECK(contains(text, "  or    CHOWN            another minimal set: it passes as well\n"));
  CHECK(
      contains(text, "  or    FOWNER SETGID    passes as well; another minimal set lies inside:"));
  CHECK(contains(text, "  warning: nice(-5) failed (13: Permission denied) in a passing trial\n"));
}

TEST_CASE("many warnings are left to the profile") {
  Profile profile = sample_profile();
  profile.warnings = {"a", "b", "c", "d", "e"};
  const std::string text = summary(profile, "nginx.yaml");
  CHECK(contains(text, "  warning: c\n  2 more warnings: see nginx.yaml\n"));
  CHECK_FALSE(contains(text, "warning: d"));
}

TEST_CASE("the fewest possible runs and a single run are told as such") {
  Profile profile;
  profile.run = {"1.0.0", "", 1, 1, 0.94, 0, {}, {}};
  CHECK(contains(summary(profile, ""), "\n  1 container run (the fewest possible)   0.9 s\n"));
}

TEST_CASE("what came out of a container cannot act on the terminal") {
  Profile profile = sample_profile();
  profile.image.reference = "\x1b[31mx\n::error::y";
  profile.conditional.front().when = "\x1b]52;c;x\x07";
  profile.reasons.front().advice = "a\r\x9b\n##vso[x]";
  const std::string text = summary(profile, "\x1b[2J");
  for (const char letter : text) {
    CHECK((letter == '\n' || (letter >= ' ' && letter <= '~')));
  }
  CHECK_FALSE(contains(text, "\n::"));
  CHECK_FALSE(contains(text, "##"));
}

}  // namespace
}  // namespace capmin
