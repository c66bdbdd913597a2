// What passing trials printed, or were refused, explains no failure.

#include "judged_search.h"
#include "trial/journal.h"
#include "trial/search.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace capmin {
namespace {

using enum Capability;

const RuleTable& rules() {
  static const RuleTable table = RuleTable::embedded();
  return table;
}

constexpr const char* kChownLine = "[17] chown: /x: Operation not permitted\n";
constexpr const char* kBindLine = "bind to port 80 on 0.0.0.0 failed: Permission denied\n";

/// A trial of an image that needs NET_BIND_SERVICE and logs `line` in each of them, the last word
/// of those that fail.
Outcome binds(int number, CapabilitySet grant, const std::string& line = kChownLine) {
  Outcome outcome = grant.contains(kNetBindService) ? passed() : failed();
  if (outcome.verdict == Verdict::kFailed) outcome.log = kBindLine;
  outcome.log += "[" + std::to_string(number + 4) + line.substr(3);
  return outcome;
}

SearchResult found(const TrialRunner& run, const SearchPlan& search_plan = plan()) {
  return search(search_plan, rules(), run, {}, {});
}

CapabilitySet set_of(const SearchResult& result) {
  return std::get<Minimal>(*result.verdict).proof.set;
}

bool tried(const SearchResult& result, CapabilitySet grant) {
  return std::ranges::any_of(
      result.trials, [grant](const FinishedTrial& trial) { return trial.request.grant == grant; });
}

/// Whether a trial that failed still has a clue with `words` in its line.
bool explained_by(const SearchResult& result, const std::string& words) {
  return std::ranges::any_of(result.trials, [&words](const FinishedTrial& trial) {
    return trial.outcome.verdict == Verdict::kFailed &&
           std::ranges::any_of(trial.clues, [&words](const Clue& clue) {
             return clue.line.find(words) != std::string::npos;
           });
  });
}

TEST_CASE("a line that the baseline prints, too, leads a search nowhere, whatever its numbers") {
  const SearchResult result = found(
      [](int number, CapabilitySet grant, auto, const auto&) { return binds(number, grant); });
  CHECK(set_of(result) == CapabilitySet{kNetBindService});
  CHECK_FALSE(tried(result, {kChown}));
  CHECK_FALSE(explained_by(result, "chown"));
  CHECK(explained_by(result, "bind"));
  // The ceiling, nothing, and the set.
  CHECK(result.trials.size() == 3);
}

TEST_CASE("a line that a later passing trial prints explains none of the failures before it") {
  const SearchResult result = found([](int number, CapabilitySet grant, auto, const auto&) {
    Outcome outcome = binds(number, grant);
    if (grant.contains(kChown)) outcome.log.clear();
    return outcome;
  });
  CHECK(set_of(result) == CapabilitySet{kNetBindService});
  CHECK_FALSE(explained_by(result, "chown"));
  CHECK(result.trials[1].observation.suspects == std::vector<CapabilitySet>{{kNetBindService}});
}

TEST_CASE("a failure beside the baseline is judged by what the baseline prints in the end") {
  const SearchResult result =
      found([](int number, CapabilitySet grant, auto, const auto&) { return binds(number, grant); },
            plan(2));
  CHECK(set_of(result) == CapabilitySet{kNetBindService});
  CHECK_FALSE(explained_by(result, "chown"));
}

TEST_CASE("two failures look the same when they differ in lines that a passing trial prints") {
  // CHOWN does not help, it only silences a line.
  const SearchResult result = found([](int number, CapabilitySet grant, auto, const auto&) {
    Outcome outcome = binds(number, grant);
    if (grant == docker_default_set()) return outcome;
    if (grant.contains(kChown)) outcome.log = grant.contains(kNetBindService) ? "" : kBindLine;
    return outcome;
  });
  CHECK(set_of(result) == CapabilitySet{kNetBindService});
  CHECK_FALSE(tried(result, {kChown, kNetBindService}));
}

TEST_CASE("a call that strace sees fail in a passing trial, too, explains nothing") {
  const SearchResult result = found([](int, CapabilitySet grant, auto, const auto&) {
    Outcome outcome = grant.contains(kNetBindService) ? passed() : failed();
    const FailedCall bind{
        .call = "bind", .error = "EACCES", .arguments = "3, {sin_port=htons(80)}", .process = "d"};
    const FailedCall chown{
        .call = "chown", .error = "EPERM", .arguments = "\"/proc/7\", 1, 1", .process = "d"};
    if (outcome.verdict == Verdict::kFailed) outcome.failed_calls.push_back(bind);
    outcome.failed_calls.push_back(chown);
    return outcome;
  });
  CHECK(set_of(result) == CapabilitySet{kNetBindService});
  CHECK_FALSE(tried(result, {kChown}));
  CHECK_FALSE(explained_by(result, "chown"));
  CHECK(explained_by(result, "bind"));
}

TEST_CASE("a check that the kernel denies in a passing trial, too, explains nothing") {
  const SearchResult result = found([](int number, CapabilitySet grant, auto, const auto&) {
    Outcome outcome = grant.contains(kNetBindService) ? passed() : failed();
    Trace trace;
    if (outcome.verdict == Verdict::kFailed) {
      trace.checks.push_back({kNetBindService, CheckResult::kHard, "bind", "d", 1});
    }
    const auto count = static_cast<std::uint64_t>(number + 1);
    trace.checks.push_back({kSysAdmin, CheckResult::kHard, "mount", "d", count});
    std::ranges::sort(trace.checks);
    outcome.trace = trace;
    return outcome;
  });
  CHECK(set_of(result) == CapabilitySet{kNetBindService});
  const auto failure = std::ranges::find(result.trials, Verdict::kFailed,
                                         [](const auto& trial) { return trial.outcome.verdict; });
  CHECK(failure->observation.suspects == std::vector<CapabilitySet>{{kNetBindService}});
  CHECK_FALSE(explained_by(result, "mount"));
}

TEST_CASE("a search that goes on from its records knows what is harmless") {
  const TrialRunner run = [](int number, CapabilitySet grant, auto, const auto&) {
    Outcome outcome = binds(number, grant);
    outcome.failed_calls.push_back(
        {.call = "mount", .error = "EPERM", .arguments = "\"none\"", .process = "d"});
    return outcome;
  };
  const SearchResult whole = found(run);
  for (std::size_t known = 0; known <= whole.trials.size(); ++known) {
    SearchPlan resumed = plan();
    for (std::size_t i = 0; i < known; ++i) {
      resumed.known.trials.push_back(*trial_from_record(to_record(whole.trials[i])));
    }
    const SearchResult result = found(run, resumed);
    CHECK(result.started == whole.started);
    CHECK(result.history() == whole.history());
    CHECK_FALSE(explained_by(result, "chown"));
    CHECK_FALSE(explained_by(result, "mount"));
  }
}

TEST_CASE("what strace sees in a trial that passes is no error that is new in its log") {
  const TrialRunner run = [](int, CapabilitySet grant, auto, const auto&) {
    Outcome outcome = judged(grant);
    if (grant != docker_default_set()) {
      outcome.failed_calls.push_back(
          {.call = "mount", .error = "EPERM", .arguments = "\"none\"", .process = "d"});
    }
    return outcome;
  };
  SearchPlan strict = plan();
  strict.diagnosis.strict = true;
  CHECK(set_of(found(run, strict)) == kNeeded);
}

}  // namespace
}  // namespace capmin
