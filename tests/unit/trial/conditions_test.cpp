#include "trial/conditions.h"

#include <doctest/doctest.h>

#include <functional>

namespace capmin {
namespace {

using enum Capability;

constexpr CapabilitySet kNginx{kChown, kNetBindService, kSetgid, kSetuid};

struct Found {
  CapabilitySet conditional;
  CapabilitySet unknown;
  int trials = 0;
};

Found found(CapabilitySet set, const std::function<Verdict(CapabilitySet)>& verdict) {
  std::vector<ConditionTrial> trials;
  for (;;) {
    const Conditions conditions(set, trials);
    if (!conditions.wanted()) {
      return {conditions.conditional(), conditions.unknown(), static_cast<int>(trials.size())};
    }
    trials.push_back({*conditions.wanted(), verdict(*conditions.wanted())});
  }
}

Verdict when(bool passes) {
  return passes ? Verdict::kPassed : Verdict::kFailed;
}

TEST_CASE("a set without candidates is not tried") {
  CHECK(found({kChown}, [](CapabilitySet) { return Verdict::kPassed; }).trials == 0);
}

TEST_CASE("a low port that the engine opens makes NET_BIND_SERVICE conditional, in one trial") {
  const Found result = found(kNginx, [](CapabilitySet grant) {
    return when(grant.contains({kChown, kSetuid}));
  });
  CHECK(result.conditional == CapabilitySet{kNetBindService});
  CHECK(result.trials == 1);
}

TEST_CASE("a member that is needed whatever the ports is not conditional") {
  const Found result =
      found(kNginx, [](CapabilitySet grant) { return when(grant.contains(kNetBindService)); });
  CHECK(result.conditional.empty());
}

TEST_CASE("two candidates are told apart") {
  const CapabilitySet both{kNetBindService, kNetRaw};
  CHECK(found(both, [](CapabilitySet) { return Verdict::kPassed; }).conditional == both);
  CHECK(found(both, [](CapabilitySet grant) {
          return when(grant.contains(kNetRaw));
        }).conditional == CapabilitySet{kNetBindService});
  CHECK(found(both, [](CapabilitySet grant) { return when(!grant.empty()); }).conditional ==
        CapabilitySet{kNetRaw});
}

TEST_CASE("an engine that fails three times leaves the question open") {
  const Found result = found(kNginx, [](CapabilitySet) { return Verdict::kUndecided; });
  CHECK(result.conditional.empty());
  CHECK(result.unknown == CapabilitySet{kNetBindService});
  CHECK(result.trials == 3);
}

}  // namespace
}  // namespace capmin
