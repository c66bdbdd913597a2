#include "core/recheck.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

namespace capmin {
namespace {

using enum Capability;

constexpr CapabilitySet kSet{kChown, kSetuid};
const CapabilitySet kCeiling = docker_default_set();

/// Runs trials until there is an answer; `verdict` is told the grant and how often it was tried.
struct Run {
  RecheckStep end;
  History history;

  Run(const Recheck& recheck, const std::function<Verdict(CapabilitySet, int)>& verdict) {
    for (;;) {
      end = next(recheck, history);
      const auto* const wanted = std::get_if<RunTrials>(&end);
      if (wanted == nullptr) return;
      REQUIRE(wanted->trials.size() == 1);
      REQUIRE(history.size() < 100);
      const CapabilitySet grant = wanted->trials.front().grant;
      const auto before =
          std::ranges::count(history, grant, [](const Observation& seen) { return seen.grant; });
      history.push_back({.trial = static_cast<int>(history.size()),
                         .grant = grant,
                         .verdict = verdict(grant, static_cast<int>(before)),
                         .signature = {},
                         .suspects = {},
                         .traced = {}});
    }
  }
};

const Recheck kQuestion{.set = kSet, .ceiling = kCeiling};

TEST_CASE("a set that passes holds after one trial, the ceiling is not asked") {
  const Run run(kQuestion, [](CapabilitySet, int) { return Verdict::kPassed; });
  CHECK(std::get<Holds>(run.end).trials == std::vector<int>{0});
}

TEST_CASE("a pass is repeated as often as asked for") {
  Recheck question = kQuestion;
  question.confirm = 3;
  const Run run(question, [](CapabilitySet, int) { return Verdict::kPassed; });
  CHECK(std::get<Holds>(run.end).trials == std::vector<int>{0, 1, 2});
}

TEST_CASE("a set is broken after two failures, with a pass of the ceiling") {
  const Run run(kQuestion, [](CapabilitySet grant, int) {
    return grant == kCeiling ? Verdict::kPassed : Verdict::kFailed;
  });
  CHECK(std::get<Broken>(run.end).trials == std::vector<int>{0, 2});
  CHECK(run.history[1].grant == kCeiling);
}

TEST_CASE("failures are repeated as often as asked for") {
  Recheck question = kQuestion;
  question.confirm = 4;
  const Run run(question, [](CapabilitySet grant, int) {
    return grant == kCeiling ? Verdict::kPassed : Verdict::kFailed;
  });
  CHECK(std::get<Broken>(run.end).trials.size() == 4);
}

TEST_CASE("where even the ceiling fails, twice, it is not the set that broke") {
  const Run run(kQuestion, [](CapabilitySet, int) { return Verdict::kFailed; });
  CHECK(std::get<CeilingFails>(run.end).trials == std::vector<int>{1, 2});
}

TEST_CASE("one failure among passes is no drift: the probe contradicts itself") {
  const Run run(kQuestion, [](CapabilitySet grant, int before) {
    return grant == kCeiling || before == 1 ? Verdict::kPassed : Verdict::kFailed;
  });
  const auto& end = std::get<Unstable>(run.end);
  CHECK(end.grant == kSet);
  CHECK(end.passed == std::vector<int>{2});
  CHECK(end.failed == std::vector<int>{0});
}

TEST_CASE("a ceiling that fails once and passes then contradicts itself, too") {
  const Run run(kQuestion, [](CapabilitySet grant, int before) {
    return grant == kCeiling && before == 1 ? Verdict::kPassed : Verdict::kFailed;
  });
  CHECK(std::get<Unstable>(run.end).grant == kCeiling);
}

TEST_CASE("engine trouble is repeated and never evidence") {
  const Run three(kQuestion, [](CapabilitySet, int) { return Verdict::kUndecided; });
  CHECK(std::get<Undecided>(three.end).trials == std::vector<int>{0, 1, 2});
  const Run once(kQuestion, [](CapabilitySet, int before) {
    return before == 0 ? Verdict::kUndecided : Verdict::kPassed;
  });
  CHECK(std::get<Holds>(once.end).trials == std::vector<int>{1});
}

TEST_CASE("trouble with the ceiling does not make a set broken") {
  const Run run(kQuestion, [](CapabilitySet grant, int) {
    return grant == kCeiling ? Verdict::kUndecided : Verdict::kFailed;
  });
  CHECK(std::get<Undecided>(run.end).grant == kCeiling);
}

TEST_CASE("the ceiling goes first where passes are measured by it") {
  Recheck question = kQuestion;
  question.ceiling_first = true;
  const Run run(question, [](CapabilitySet, int) { return Verdict::kPassed; });
  CHECK(run.history.front().grant == kCeiling);
  CHECK(std::get<Holds>(run.end).trials == std::vector<int>{1});
}

TEST_CASE("a set that is the whole ceiling can only fail with it") {
  Recheck question = kQuestion;
  question.set = kCeiling;
  const Run run(question, [](CapabilitySet, int) { return Verdict::kFailed; });
  CHECK(std::get<CeilingFails>(run.end).trials == std::vector<int>{0, 1});
}

}  // namespace
}  // namespace capmin
