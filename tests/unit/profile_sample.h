#pragma once

#include "profile/profile.h"

namespace capmin {

/// A profile with something in every field; tests/golden holds its bytes.
inline Profile sample_profile() {
  using enum Capability;
  using enum Purpose;
  const CapabilitySet set{kChown, kDacOverride, kSetgid, kSetuid};
  Profile profile;
  profile.image = {"nginx:1.27",
                   "sha256:4c0fdaa8b6341bfdeca5f18f7837462c80cff90527ee35ef185571e1c327beac",
                   "sha256:39286ab8a5e14aeaf5fdd6e2fac76e0c8d31a0c07224f0ee5e6be502f12e93f3",
                   "linux/amd64", "0:0"};
  profile.add = set;
  profile.conditional = {{kNetBindService, "net.ipv4.ip_unprivileged_port_start > 80"}};
  profile.guarantee = Level::kUnique;
  profile.passed = {{6, set, {}, 2, {}, {}}};
  profile.failed = {{7, set.without(kSetuid), kSetuid, 1, 1, {}},
                    {8, set.without(kSetgid), kSetgid, 2, {}, "not healthy within the deadline"},
                    {9, set.without(kDacOverride), kDacOverride, 1, 1, {}},
                    {10, set.without(kChown), kChown, 1, 1, {}}};
  profile.essential = {{11, docker_default_set().without(kChown), kChown, 1, 1, {}}};
  profile.cuts = {{12, {kChown, kSetgid}, {}, 1, 1, {}}};
  profile.assumption = "a superset of a passing set passes";
  profile.alternatives = {{13, {kChown, kDacReadSearch, kFowner, kSetgid, kSetuid}, {}, 2, {}, {}}};
  profile.other_pass = {14, {kChown, kFowner, kSetgid, kSetuid, kSysChroot}, {}, 1, {}, {}};
  profile.reasons = {
      {kChown,
       "chown-eperm",
       "chown(\"/var/lib/nginx/body\", 33) failed (1: Operation not permitted)",
       "give /var/lib/nginx to www-data when the image is built",
       {{"chown", "nginx", CheckResult::kHard}}},
      {kDacOverride,
       "open-eacces",
       "open() \"/var/log/nginx/error.log\" failed (13: Permission denied)",
       "make /var/log/nginx writable for root's group, or log to stderr",
       {}},
      {kSetgid,
       "",
       "",
       "",
       {{"setgid", "nginx", CheckResult::kSoft}, {"", "##vso[a]", CheckResult::kSoft}}},
      {kSetuid,
       "setuid-eperm",
       "setuid(33) failed (1: Operation not permitted)",
       "",
       {{"setuid", "nginx", CheckResult::kGranted}}}};
  profile.warnings = {"nice(-5) failed (13: Permission denied) in a passing trial",
                      "##vso[task.complete] and \xf0\x9f\x90\xb3 caf\xc3\xa9 in a log line"};
  profile.probe = {ProbeKind::kFile,
                   "health.sh",
                   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                   {"start", "restart"}};
  profile.environment = {
      Dialect::kDocker,
      "20.10.24",
      "runc 1.1.5",
      "6.1.0",
      "default",
      false,
      "bridge",
      Ports::kPortable,
      {{"net.ipv4.ip_unprivileged_port_start", "1024"}, {"net.ipv4.ping_group_range", "1 0"}},
      {"--env", "TZ", "--publish", "80"},
      {"nginx", "-g", "daemon off;"},
      {"--label-file"},
      false};
  profile.judgement = {docker_default_set(), Level::kUnique, 2, true, "20s", "1500ms"};
  profile.search = {
      {0, kBaseline, docker_default_set(), Verdict::kPassed, 1},
      {1, kSearch, {}, Verdict::kFailed, 1},
      {2, kSearch, {kChown}, Verdict::kFailed, 1},
      {3, kSearch, {kChown, kDacOverride}, Verdict::kFailed, 1},
      {4, kSearch, {kChown, kDacOverride, kNetBindService}, Verdict::kUndecided, 1},
      {5, kSearch, set.without(kSetgid).with(kNetBindService), Verdict::kFailed, 1},
      {6, kSearch, set, Verdict::kPassed, 2},
      {7, kProve, set.without(kSetuid), Verdict::kFailed, 1},
      {8, kProve, set.without(kSetgid), Verdict::kFailed, 2},
      {9, kProve, set.without(kDacOverride), Verdict::kFailed, 1},
      {10, kProve, set.without(kChown), Verdict::kFailed, 1},
      {11, kExplore, docker_default_set().without(kChown), Verdict::kFailed, 1},
      {12, kExplore, {kChown, kSetgid}, Verdict::kFailed, 1},
      {13, kExplore, {kChown, kDacReadSearch, kFowner, kSetgid, kSetuid}, Verdict::kPassed, 2},
      {14, kExplore, {kChown, kFowner, kSetgid, kSetuid, kSysChroot}, Verdict::kPassed, 1},
      {15, kCondition, set.without(kChown), Verdict::kFailed, 1}};
  profile.run = {"1.0.0",
                 "2026-11-23T02:14:09Z",
                 11,
                 5,
                 14.2,
                 5.4,
                 {{kChown, 10, {"chown", "nginx", CheckResult::kHard}, 1},
                  {kSetgid, 8, {"setgid", "nginx", CheckResult::kSoft}, 2},
                  {kSetgid, 8, {"", "##vso[a]", CheckResult::kSoft}, 1},
                  {kSetuid, 0, {"setuid", "nginx", CheckResult::kGranted}, 2}},
                 {{kFowner, "fchmodat", "nginx", 3, CheckResult::kHard},
                  {kSetpcap, "capset", "::error::x", 1, {}}}};
  return profile;
}

}  // namespace capmin
