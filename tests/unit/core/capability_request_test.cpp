#include "core/trace.h"
#include "judged_search.h"
#include "scenario.h"
#include "trial/harmless_evidence.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using enum Capability;
using enum CheckResult;

constexpr std::uint64_t kSeeds = 40;

CapabilityRequest request(CapabilitySet asked, CapabilitySet held, bool is_given,
                          std::string process = "d") {
  return {.call = "capset",
          .process = std::move(process),
          .asked = asked,
          .held = held,
          .is_given = is_given,
          .count = 1};
}

double belief_in(Capability capability, const Trace& trace) {
  return belief_of(trace)[capability];
}

TEST_CASE("what a program asks for may be needed, but is not believed to be") {
  const Trace trace{
      .checks = {}, .lost = 0, .requests = {request({kKill, kMknod}, docker_default_set(), true)}};
  for (const Capability asked : {kKill, kMknod}) {
    CHECK(belief_in(asked, trace) >= kDoubted);
    CHECK(belief_in(asked, trace) < kBelieved);
  }
  CHECK(belief_in(kChown, trace) == 0);
}

TEST_CASE("who gives up little says nothing of what it keeps") {
  const CapabilitySet held = docker_default_set();
  for (const CapabilitySet kept :
       {held, held.without(kNetRaw), held - CapabilitySet{kMknod, kKill}}) {
    CHECK(belief_in(kChown, {.checks = {}, .lost = 0, .requests = {request(kept, held, true)}}) ==
          0);
  }
}

TEST_CASE("what was asked in vain after it had been given up is hardly needed") {
  const Trace trace{.checks = {}, .lost = 0, .requests = {request({kKill}, {}, false)}};
  CHECK(belief_in(kKill, trace) > 0);
  CHECK(belief_in(kKill, trace) < kDoubted);
}

TEST_CASE("a request lacks what is not held, and nothing where it was given") {
  CHECK(request({kKill, kChown}, {kChown}, false).lacking() == CapabilitySet{kKill});
  CHECK(request({kKill, kChown}, {kChown}, true).lacking().empty());
  CHECK(request({kChown}, {kChown}, false).lacking().empty());
}

TEST_CASE("a request is told as a check of each capability") {
  const Trace failed{.checks = {{kSetpcap, kSoft, "capset", "d", 1}},
                     .lost = 0,
                     .requests = {request({kKill, kChown}, {kChown}, false)}};
  CHECK(telling_checks(failed, kKill, kHard) ==
        std::vector<Check>{{kKill, kHard, "capset", "d", 1}});
  CHECK(telling_checks(failed, kChown, kHard).empty());
  CHECK(telling_checks(failed, kSetpcap, kHard).empty());
  const Trace passed{
      .checks = {}, .lost = 0, .requests = {request({kKill, kChown}, docker_default_set(), true)}};
  CHECK(telling_checks(passed, kChown, kGranted).front().call == "capset");
}

TEST_CASE("a request that a program can do without is used, but not needed") {
  const Trace baseline{
      .checks = {}, .lost = 0, .requests = {request({kKill, kChown}, docker_default_set(), true)}};
  const Trace passed{
      .checks = {}, .lost = 0, .requests = {request({kKill, kChown}, {kChown}, false)}};
  const auto unneeded = unneeded_checks(baseline, passed, {kChown});
  REQUIRE(unneeded.size() == 1);
  CHECK(unneeded[0].used == Check{kKill, kGranted, "capset", "d", 1});
  CHECK(unneeded[0].without == kHard);
}

/// A daemon that asks for capabilities of its own and uses some.
struct Daemon {
  enum class Asks { kAll, kWhatItHolds, kAllButFew };
  CapabilitySet used;
  CapabilitySet asked;
  Asks asks = Asks::kAll;
  bool uses_first = false;

  CapabilitySet needed() const { return asks == Asks::kAll ? used | asked : used; }
  CapabilitySet asked_of(CapabilitySet held) const {
    return asks == Asks::kAll ? asked : asks == Asks::kWhatItHolds ? asked & held : held - asked;
  }
};

bool use(const Daemon& daemon, CapabilitySet grant, Trace& trace) {
  for (const Capability member : daemon.used.members()) {
    const bool is_held = grant.contains(member);
    trace.checks.push_back({member, is_held ? kGranted : kHard, "use", "d", 1});
    if (!is_held) return false;
  }
  return true;
}

bool ask(const Daemon& daemon, CapabilitySet grant, Trace& trace) {
  const CapabilitySet asked = daemon.asked_of(grant);
  if (asked.empty()) return true;
  trace.requests.push_back(request(asked, grant, grant.contains(asked)));
  return grant.contains(asked);
}

Outcome started(const Daemon& daemon, CapabilitySet grant) {
  Trace trace;
  const bool works = daemon.uses_first ? use(daemon, grant, trace) && ask(daemon, grant, trace)
                                       : ask(daemon, grant, trace) && use(daemon, grant, trace);
  Outcome outcome = works ? passed() : failed();
  outcome.trace = std::move(trace);
  return outcome;
}

SearchResult search_of(const Daemon& daemon) {
  return searched(
      [&daemon](int, CapabilitySet grant, auto, const auto&) { return started(daemon, grant); });
}

/// How many runs a search takes beyond the fewest possible; the answer must be right.
std::size_t runs_over_floor(const Daemon& daemon) {
  const SearchResult result = search_of(daemon);
  REQUIRE(std::holds_alternative<Minimal>(*result.verdict));
  CHECK(std::get<Minimal>(*result.verdict).proof.set == daemon.needed());
  return result.trials.size() - static_cast<std::size_t>(daemon.needed().size()) - 1;
}

/// Every daemon that uses up to four capabilities, which are believed needed when they are used,
/// and asks for one to five.
template <typename Visit>
void for_each_daemon(Daemon::Asks asks, Visit visit) {
  const CapabilitySet usable = docker_default_set() - CapabilitySet{kSetpcap, kFsetid, kAuditWrite};
  for (const int used : {0, 2, 4}) {
    for (const int asked : {1, 2, 5}) {
      for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        std::mt19937_64 random(seed);
        visit(Daemon{.used = sample(usable, used, random),
                     .asked = sample(docker_default_set(), asked, random),
                     .asks = asks,
                     .uses_first = seed % 2 == 0});
      }
    }
  }
}

TEST_CASE(
    "who ends unless it is given all that it asks for is found within two runs over the floor") {
  for_each_daemon(Daemon::Asks::kAll,
                  [](const Daemon& daemon) { CHECK(runs_over_floor(daemon) <= 2); });
}

TEST_CASE("who asks for what it holds only costs no more than one that asks for nothing") {
  for_each_daemon(Daemon::Asks::kWhatItHolds,
                  [](const Daemon& daemon) { CHECK(runs_over_floor(daemon) <= 1); });
}

TEST_CASE("who keeps all that it holds but a few costs no more than one that asks for nothing") {
  for_each_daemon(Daemon::Asks::kAllButFew, [](const Daemon& daemon) {
    if (daemon.asked.size() < 5) {
      CHECK(runs_over_floor(daemon) <= 1);
    }
  });
}

TEST_CASE("what is asked for beyond the ceiling hides nothing that is within") {
  const SearchResult result = searched([](int, CapabilitySet grant, auto, const auto&) {
    Outcome outcome = grant.contains({kKill, kMknod}) ? passed() : failed();
    outcome.trace =
        Trace{.checks = {{kSysAdmin, kHard, "mount", "d", 1}},
              .lost = 0,
              .requests = {request({kKill, kMknod}, grant, grant.contains({kKill, kMknod}))}};
    return outcome;
  });
  CHECK(std::get<Minimal>(*result.verdict).proof.set == CapabilitySet{kKill, kMknod});
  CHECK(result.trials.size() <= 5);
}

TEST_CASE("a request that was denied is the first clue of a failure") {
  const SearchResult result = search_of({.used = {}, .asked = {kKill, kMknod}});
  const FinishedTrial& first_failure =
      *std::ranges::find(result.trials, Verdict::kFailed,
                         [](const FinishedTrial& trial) { return trial.outcome.verdict; });
  REQUIRE_FALSE(first_failure.clues.empty());
  CHECK(is_watched(first_failure.clues.front()));
  CHECK(first_failure.clues.front().line ==
        "capset by d: asked for KILL MKNOD without holding KILL MKNOD");
  CHECK(first_failure.clues.front().suspects == std::vector<CapabilitySet>{{kKill, kMknod}});
}

}  // namespace
}  // namespace capmin
