#include "trial/search.h"

#include "expect_error.h"

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace capmin {
namespace {

using namespace std::chrono_literals;

const RuleTable& no_rules() {
  static const RuleTable table = RuleTable::parse(
      "rules: [{id: \"none\", patterns: [\"never\"], suspects: [\"KILL\"], reason: \"-\", check: "
      "\"-\"}]",
      "test");
  return table;
}

constexpr CapabilitySet kNeeded{Capability::kChown, Capability::kSetuid};

Policy policy() {
  Policy policy;
  policy.ceiling = docker_default_set();
  return policy;
}

Outcome passed() {
  Outcome outcome;
  outcome.verdict = Verdict::kPassed;
  outcome.ending = Ending::kProbePassed;
  outcome.seconds = 1;
  return outcome;
}

Outcome failed() {
  Outcome outcome;
  outcome.verdict = Verdict::kFailed;
  outcome.ending = Ending::kExited;
  outcome.exit_code = 1;
  return outcome;
}

Outcome judged(CapabilitySet grant) {
  return grant.contains(kNeeded) ? passed() : failed();
}

SearchResult searched(const RunTrial& run, int slots = 1, std::stop_token stop = {}) {
  return search(policy(), slots, {}, no_rules(), run, {}, stop);
}

TEST_CASE("a search finds the minimal set, whatever the number of slots") {
  for (const int slots : {1, 2, 4}) {
    const SearchResult result =
        searched([](int, CapabilitySet grant, auto, const auto&) { return judged(grant); }, slots);
    REQUIRE(result.verdict);
    CHECK(std::get<Minimal>(*result.verdict).proof.set == kNeeded);
  }
}

TEST_CASE("no more trials run at once than there are slots") {
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  searched(
      [&](int, CapabilitySet grant, auto, const auto&) {
        const int now = ++running;
        int seen = most;
        while (now > seen && !most.compare_exchange_weak(seen, now)) {
        }
        Outcome outcome = judged(grant);
        --running;
        return outcome;
      },
      3);
  CHECK(most <= 3);
}

TEST_CASE("the deadline of a trial is derived from the baseline that passed") {
  std::vector<std::chrono::milliseconds> deadlines;
  searched([&](int, CapabilitySet grant, std::chrono::milliseconds deadline, const auto&) {
    deadlines.push_back(deadline);
    return judged(grant);
  });
  CHECK(deadlines.front() == Patience{}.baseline);
  CHECK(deadlines.back() == 4s);
}

TEST_CASE("a quick baseline still leaves three seconds, and --timeout has the last word") {
  CHECK(derived_deadline(0.1, {}) == 3s);
  CHECK(derived_deadline(5, {}) == 20s);
  CHECK(derived_deadline(5, {.fixed = 1s}) == 1s);
}

TEST_CASE("a ceiling that fails ends the search after a repetition") {
  const SearchResult result =
      searched([](int, CapabilitySet, auto, const auto&) { return failed(); });
  REQUIRE(result.verdict);
  CHECK(std::get<CeilingFails>(*result.verdict).trials.size() == 2);
}

TEST_CASE("engine trouble is never evidence: the trial is repeated") {
  int calls = 0;
  const SearchResult result = searched([&](int, CapabilitySet grant, auto, const auto&) {
    return ++calls % 2 == 1 ? Outcome{} : judged(grant);
  });
  REQUIRE(result.verdict);
  CHECK(std::get<Minimal>(*result.verdict).proof.set == kNeeded);
}

TEST_CASE("engine trouble that stays ends the search undecided") {
  const SearchResult result =
      searched([](int, CapabilitySet, auto, const auto&) { return Outcome{}; });
  REQUIRE(result.verdict);
  CHECK(std::holds_alternative<Undecided>(*result.verdict));
}

TEST_CASE("a stop reaches the running trial and leaves the search without a verdict") {
  std::stop_source stop;
  const SearchResult result = searched(
      [&](int, CapabilitySet, auto, std::stop_token trial_stop) {
        std::mutex mutex;
        std::condition_variable_any changed;
        std::unique_lock lock(mutex);
        stop.request_stop();
        changed.wait(lock, trial_stop, [] { return false; });
        return Outcome{};
      },
      1, stop.get_token());
  CHECK_FALSE(result.verdict);
  CHECK(result.started == 1);
}

TEST_CASE("an error in a trial is thrown on") {
  const auto code = code_of([] {
    searched([](int, CapabilitySet, auto, const auto&) -> Outcome {
      throw Error(ExitCode::kInternal, "the sets differ");
    });
  });
  CHECK(code == ExitCode::kInternal);
}

}  // namespace
}  // namespace capmin
