#include "profile/sentences.h"
#include "profile_sample.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using enum Capability;
using Texts = std::vector<std::string>;

TEST_CASE("a check is told with its system call, process, result, number and trial") {
  const Profile profile = sample_profile();
  CHECK(check_texts(profile, kChown) ==
        Texts{"chown by nginx: denied, and the call failed; once in trial 10"});
  CHECK(check_texts(profile, kSetuid) ==
        Texts{"setuid by nginx: granted in the baseline; 2 times in trial 0"});
  CHECK(check_texts(profile, kSetgid) ==
        Texts{"setgid by nginx: denied, but the call did not fail for that; 2 times in trial 8",
              "outside of system calls by ##vso[a]: denied, but the call did not fail for that; "
              "once in trial "
              "8"});
  CHECK(check_texts(profile, kDacOverride).empty());
  CHECK(check_texts(profile, kKill).empty());
}

TEST_CASE("a check whose number is not told is told without") {
  Profile profile = sample_profile();
  profile.run.checks.clear();
  CHECK(check_texts(profile, kChown) == Texts{"chown by nginx: denied, and the call failed"});
}

TEST_CASE("what was used but not needed is listed with what becomes of it") {
  Profile profile = sample_profile();
  profile.run.unneeded.push_back({kSetpcap, "prctl", "", 1, CheckResult::kSoft});
  CHECK(unneeded_text(profile) ==
        "  used but not needed, and what becomes of it without:\n"
        "  FOWNER  fchmodat by nginx, 3 times                 denied, and the call failed\n"
        "  SETPCAP capset by ::error::x, once                 not asked for again\n"
        "          prctl by a process without a name, once    denied, but the call did not fail "
        "for that\n");
  profile.run.unneeded.clear();
  CHECK(unneeded_text(profile).empty());
}

TEST_CASE("names of processes do nothing to a terminal or to a CI system") {
  Profile profile;
  profile.run.unneeded = {{kKill, "", "\x1b[31m", 1, {}}, {kKill, "", "##vso[x]", 1, {}}};
  const std::string text = unneeded_text(profile);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find("##") == std::string::npos);
}

}  // namespace
}  // namespace capmin
