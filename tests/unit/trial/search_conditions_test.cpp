#include "judged_search.h"
#include "trial/conditions.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <vector>

namespace capmin {
namespace {

using namespace std::chrono_literals;

/// A plan whose trials have other settings for ports than the engine, and under the engine's own
/// nothing but `needed` passes.
SearchPlan plan_with_ports(int slots, CapabilitySet needed, std::vector<CapabilitySet>& asked) {
  SearchPlan search_plan = plan(slots);
  search_plan.under_engine_ports = [needed, &asked](int, CapabilitySet grant, auto, const auto&) {
    asked.push_back(grant);
    return grant.contains(needed) ? passed() : failed();
  };
  return search_plan;
}

constexpr CapabilitySet kPortNeeded{Capability::kChown, Capability::kNetBindService};

Outcome judged_with_port(CapabilitySet grant) {
  return grant.contains(kPortNeeded) ? passed() : failed();
}

TEST_CASE("what a set needs only for its ports is tried once, whatever the number of slots") {
  for (const int slots : {1, 2, 4}) {
    std::vector<CapabilitySet> asked;
    const SearchResult result = searched(
        [](int, CapabilitySet grant, auto, const auto&) { return judged_with_port(grant); },
        plan_with_ports(slots, {Capability::kChown}, asked));
    CHECK(result.end == SearchEnd::kVerdict);
    CHECK(std::get<Minimal>(*result.verdict).proof.set == kPortNeeded);
    CHECK(asked == std::vector<CapabilitySet>{{Capability::kChown}});
    REQUIRE(result.condition_trials.size() == 1);
    CHECK(result.condition_trials.front().verdict == Verdict::kPassed);
    // It is none of the search's own.
    CHECK(std::ranges::none_of(result.trials, [&](const FinishedTrial& trial) {
      return trial.number == result.condition_trials.front().number;
    }));
  }
}

/// A search in which nothing passes; `failure` is how the ceiling fails.
SearchResult failing(const Outcome& failure, const SearchPlan& search_plan) {
  return searched([&failure](int, CapabilitySet, auto, const auto&) { return failure; },
                  search_plan);
}

TEST_CASE("a failing ceiling is tried under the engine's own ports: with nothing, then all") {
  for (const CapabilitySet needed : {CapabilitySet{}, CapabilitySet{Capability::kChown}}) {
    std::vector<CapabilitySet> asked;
    const SearchPlan search_plan = plan_with_ports(1, needed, asked);
    const SearchResult result = failing(failed(), search_plan);
    CHECK(result.end == SearchEnd::kVerdict);
    CHECK(std::holds_alternative<CeilingFails>(*result.verdict));
    const CapabilitySet ceiling = search_plan.policy.ceiling;
    const auto open = OpenPorts(ceiling, result.condition_trials).passed();
    REQUIRE(open.has_value());
    CHECK(open->grant == (needed.empty() ? CapabilitySet{} : ceiling));
    CHECK(open->number == result.started - 1);
    CHECK(asked.size() == (needed.empty() ? 1 : 2));
    CHECK(result.trials.size() == 2);
  }
}

TEST_CASE("nothing is tried about ports where a failing ceiling only costs time") {
  std::vector<CapabilitySet> asked;
  Outcome slow = failed();
  slow.ending = Ending::kTimeUp;
  slow.exit_code.reset();
  failing(slow, plan_with_ports(1, {}, asked));
  // Also where the image names a low port.
  SearchPlan exposed = plan_with_ports(1, {}, asked);
  exposed.diagnosis.expected = {Capability::kNetBindService};
  failing(slow, exposed);
  CHECK(asked.empty());
}

TEST_CASE("what the evidence blames says whether ports can be the matter") {
  for (const auto& [capability, tried] :
       std::vector<std::pair<Capability, std::size_t>>{{Capability::kNetBindService, 1},
                                                       {Capability::kNetRaw, 1},
                                                       {Capability::kSysAdmin, 0}}) {
    std::vector<CapabilitySet> asked;
    Outcome refused = failed();
    refused.trace = Trace{};
    refused.trace->checks = {{capability, CheckResult::kHard, "call", "app", 1}};
    failing(refused, plan_with_ports(1, {}, asked));
    CHECK(asked.size() == tried);
  }
}

TEST_CASE("a budget of trials that the ceiling has used up leaves the verdict as it is") {
  std::vector<CapabilitySet> asked;
  SearchPlan search_plan = plan_with_ports(1, {}, asked);
  search_plan.limits.budget.trials = 2;
  const SearchResult result = failing(failed(), search_plan);
  CHECK(asked.empty());
  CHECK(result.end == SearchEnd::kVerdict);
  CHECK(std::holds_alternative<CeilingFails>(*result.verdict));
}

TEST_CASE("what is known of ports is not tried again, and without ports nothing is") {
  std::vector<CapabilitySet> asked;
  SearchPlan known = plan_with_ports(1, {Capability::kChown}, asked);
  known.known.conditions = {{{Capability::kChown}, Verdict::kPassed, 0}};
  searched([](int, CapabilitySet grant, auto, const auto&) { return judged_with_port(grant); },
           known);
  searched([](int, CapabilitySet grant, auto, const auto&) { return judged(grant); },
           plan_with_ports(2, {}, asked));
  CHECK(asked.empty());
}

TEST_CASE("a trial about ports that the engine fails is repeated, and does not end the search") {
  int asked = 0;
  SearchPlan search_plan = plan();
  search_plan.under_engine_ports = [&asked](int, CapabilitySet, auto, const auto&) {
    ++asked;
    return Outcome{};
  };
  const SearchResult result =
      searched([](int, CapabilitySet grant, auto, const auto&) { return judged_with_port(grant); },
               search_plan);
  CHECK(result.end == SearchEnd::kVerdict);
  CHECK(asked > 1);
  CHECK(Conditions(kPortNeeded, result.condition_trials).unknown() ==
        CapabilitySet{Capability::kNetBindService});
}

TEST_CASE("where the budget counts trials, those about ports come after the proof") {
  for (const int slots : {1, 4}) {
    std::vector<CapabilitySet> asked;
    SearchPlan search_plan = plan_with_ports(slots, {Capability::kChown}, asked);
    search_plan.limits.budget.trials = 100;
    int last = 0;
    const SearchResult result = searched(
        [&last](int number, CapabilitySet grant, auto, const auto&) {
          last = number;
          return judged_with_port(grant);
        },
        search_plan);
    REQUIRE(result.condition_trials.size() == 1);
    CHECK(result.condition_trials.front().number == result.started - 1);
  }
}

TEST_CASE("beside the last trials of the proof, those about ports run in a free slot") {
  // The proof's last removal waits for the trial about ports: alone it would wait in vain.
  std::mutex mutex;
  std::condition_variable changed;
  bool has_begun = false;
  const SearchResult whole =
      searched([](int, CapabilitySet grant, auto, const auto&) { return judged_with_port(grant); });
  SearchPlan search_plan = plan(2);
  search_plan.known.trials.assign(whole.trials.begin(), whole.trials.end() - 1);
  search_plan.under_engine_ports = [&](int, CapabilitySet, auto, const auto&) {
    const std::scoped_lock lock(mutex);
    has_begun = true;
    changed.notify_all();
    return passed();
  };
  const SearchResult result = searched(
      [&](int, CapabilitySet grant, auto, const auto&) {
        std::unique_lock lock(mutex);
        CHECK(changed.wait_for(lock, 20s, [&] { return has_begun; }));
        return judged_with_port(grant);
      },
      search_plan);
  CHECK(result.end == SearchEnd::kVerdict);
  CHECK(result.condition_trials.size() == 1);
}

}  // namespace
}  // namespace capmin
