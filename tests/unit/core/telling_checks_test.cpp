#include "core/trace.h"

#include <doctest/doctest.h>

#include <string>

namespace capmin {
namespace {

using enum Capability;
using enum CheckResult;

Check check(Capability capability, CheckResult result, std::string call, std::string process = "d",
            std::uint64_t count = 1) {
  return {capability, result, std::move(call), std::move(process), count};
}

std::string calls(const std::vector<Check>& checks) {
  std::string text;
  for (const Check& each : checks) {
    text += (text.empty() ? "" : " ") + each.call;
  }
  return text;
}

TEST_CASE("of the checks of a capability those are told first that speak most for its need") {
  const Trace trace{
      .checks = {check(kNetAdmin, kHard, "setsockopt"), check(kNetAdmin, kHard, "bind"),
                 check(kNetAdmin, kSoft, "ioctl"), check(kChown, kHard, "chown")},
      .lost = 0};
  CHECK(calls(telling_checks(trace, kNetAdmin, kHard)) == "bind setsockopt");
  CHECK(calls(telling_checks(trace, kNetAdmin, kSoft)) == "ioctl");
  CHECK(telling_checks(trace, kNetAdmin, kGranted).empty());
  CHECK(telling_checks(trace, kKill, kHard).empty());
}

TEST_CASE("how often a check was made does not decide what is told") {
  const auto told = [](std::uint64_t a, std::uint64_t b) {
    const Trace trace{
        .checks = {check(kChown, kHard, "fchown", "z", a), check(kChown, kHard, "lchown", "a", b)},
        .lost = 0};
    return calls(telling_checks(trace, kChown, kHard));
  };
  CHECK(told(1, 100) == "lchown fchown");
  CHECK(told(100, 1) == "lchown fchown");
}

TEST_CASE("at most three checks of a capability are told, however many processes there were") {
  Trace trace;
  for (int i = 0; i < 1000; ++i) {
    trace.checks.push_back(check(kChown, kGranted, "chown", "p" + std::to_string(i)));
    trace.checks.push_back(check(kKill, kGranted, "kill", "p" + std::to_string(i)));
  }
  CHECK(telling_checks(trace, kChown, kGranted).size() == kTellingChecks);
  CHECK(unneeded_checks(trace, {}, {}).size() == 2 * kTellingChecks);
}

TEST_CASE("what was granted and is no member is used, but not needed") {
  const Trace baseline{
      .checks = {check(kChown, kGranted, "chown"), check(kKill, kGranted, "kill"),
                 check(kSetpcap, kGranted, "capset"), check(kSetpcap, kGranted, "prctl"),
                 check(kSysAdmin, kSoft, "mmap")},
      .lost = 0};
  const Trace passed{.checks = {check(kChown, kGranted, "chown"), check(kSetpcap, kSoft, "capset"),
                                check(kSetpcap, kHard, "prctl"), check(kKill, kHard, "kill", "e"),
                                check(kSysAdmin, kSoft, "mmap")},
                     .lost = 0};
  const auto unneeded = unneeded_checks(baseline, passed, {kChown});
  REQUIRE(unneeded.size() == 3);
  CHECK(unneeded[0].used.call == "kill");
  CHECK_FALSE(unneeded[0].without);
  CHECK(unneeded[1].used.call == "prctl");
  CHECK(unneeded[1].without == kHard);
  CHECK(unneeded[2].used.call == "capset");
  CHECK(unneeded[2].without == kSoft);
}

TEST_CASE("where a system call failed and went on, that it failed is what is told") {
  const Trace baseline{.checks = {check(kKill, kGranted, "kill")}, .lost = 0};
  const Trace passed{.checks = {check(kKill, kHard, "kill"), check(kKill, kSoft, "kill")},
                     .lost = 0};
  CHECK(unneeded_checks(baseline, passed, {}).front().without == kHard);
}

TEST_CASE("checks of processes that are called the same by now are one") {
  const Trace trace{.checks = {check(kChown, kHard, "chown", "secret1", 2),
                               check(kChown, kHard, "chown", "secret2", 3),
                               check(kChown, kSoft, "chown", "secret1", 4)},
                    .programs = {"/bin/chown"},
                    .carried = CapabilitySet{Capability::kNetRaw},
                    .lost = 5};
  const Trace named = with_names(trace, [](const std::string&) { return std::string("x"); });
  CHECK(named == Trace{.checks = {check(kChown, kSoft, "chown", "x", 4),
                                  check(kChown, kHard, "chown", "x", 5)},
                       .programs = {"/bin/chown"},
                       .carried = CapabilitySet{Capability::kNetRaw},
                       .lost = 5});
}

}  // namespace
}  // namespace capmin
