#include "trial/search.h"

#include "expect_error.h"
#include "judged_search.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace capmin {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a search finds the minimal set, whatever the number of slots") {
  for (const int slots : {1, 2, 4}) {
    const SearchResult result = searched(
        [](int, CapabilitySet grant, auto, const auto&) { return judged(grant); }, plan(slots));
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
      plan(3));
  CHECK(most <= 3);
}

/// A search from `guess` whose first trial of less than that waits until another runs beside it.
SearchResult searched_beside_waiting(CapabilitySet guess, bool& was_beside) {
  SearchPlan parking = plan();
  parking.limits.parks = true;
  parking.policy.guess = guess;
  std::mutex mutex;
  std::condition_variable changed;
  int started = 0;
  bool has_waited = false;
  return searched(
      [&, guess](int, CapabilitySet grant, const TrialDeadline& deadline, const auto&) {
        std::unique_lock lock(mutex);
        const int before = ++started;
        changed.notify_all();
        if (grant.contains(guess) || std::exchange(has_waited, true)) return judged(grant);
        // What waits since long ago is parked at once.
        deadline.note({.since = std::chrono::steady_clock::now() - 1min});
        was_beside = changed.wait_for(lock, 20s, [&] { return started > before; });
        const Outcome outcome = judged(grant);
        if (outcome.verdict == Verdict::kPassed) deadline.note({});
        return outcome;
      },
      parking);
}

TEST_CASE("a trial that waits for too long frees its slot, and the next one runs beside it") {
  bool was_beside = false;
  const SearchResult result = searched_beside_waiting(kNeeded, was_beside);
  CHECK(was_beside);
  CHECK(std::get<Minimal>(*result.verdict).proof.set == kNeeded);
}

TEST_CASE("a parked trial that passes after all counts, and what was built on it does not") {
  bool was_beside = false;
  const SearchResult result = searched_beside_waiting(kNeeded.with(Capability::kKill), was_beside);
  CHECK(was_beside);
  CHECK(std::get<Minimal>(*result.verdict).proof.set == kNeeded);
  CHECK(result.started >= static_cast<int>(result.trials.size()));
}

TEST_CASE("a trial is parked after one and a half times the baseline, at least half a second") {
  CHECK(parking_time(0.1) == 500ms);
  CHECK(parking_time(2) == 3s);
}

TEST_CASE(
    "whoever watches is told which trials run, what they wait for, and what is known by then") {
  std::mutex mutex;
  std::condition_variable changed;
  bool was_told = false;
  std::vector<int> first_told;
  SearchEvents events;
  events.running = [&](const std::vector<RunningTrial>& trials, const History& history) {
    const std::scoped_lock lock(mutex);
    for (const RunningTrial& trial : trials) {
      CHECK(trial.number >= static_cast<int>(history.size()));
      if (std::ranges::find(first_told, trial.number) == first_told.end()) {
        first_told.push_back(trial.number);
        CHECK_FALSE(trial.has_waited);
      }
      was_told = was_told || (trial.wait.has_answered && trial.has_waited &&
                              trial.deadline == Patience{}.baseline);
    }
    changed.notify_all();
  };
  bool is_ending = false;
  events.ending = [&] { is_ending = true; };
  const SearchResult result =
      search(plan(), no_rules(),
             [&](int number, CapabilitySet grant, const TrialDeadline& deadline, const auto&) {
               if (number == 0) {
                 std::unique_lock lock(mutex);
                 CHECK(changed.wait_for(lock, 20s, [&] { return !first_told.empty(); }));
                 lock.unlock();
                 deadline.note({.since = std::chrono::steady_clock::now(), .has_answered = true});
                 lock.lock();
                 CHECK(changed.wait_for(lock, 20s, [&] { return was_told; }));
               }
               return judged(grant);
             },
             events, {});
  CHECK(static_cast<int>(first_told.size()) == result.started);
  CHECK(is_ending);
}

TEST_CASE("the deadline of a trial is derived from the baseline that passed") {
  std::vector<std::chrono::milliseconds> deadlines;
  searched([&](int, CapabilitySet grant, const TrialDeadline& deadline, const auto&) {
    deadlines.push_back(deadline());
    return judged(grant);
  });
  CHECK(deadlines.front() == Patience{}.baseline);
  CHECK(deadlines.back() == 4s);
}

TEST_CASE("a trial beside the baseline learns its deadline when that has passed") {
  std::chrono::milliseconds before{0};
  std::chrono::milliseconds after{0};
  searched(
      [&](int, CapabilitySet grant, const TrialDeadline& deadline, const auto&) {
        if (!grant.empty() || before.count() > 0) return judged(grant);
        before = deadline();
        const auto end = std::chrono::steady_clock::now() + 20s;
        do {
          after = deadline();
          std::this_thread::yield();
        } while (after == before && std::chrono::steady_clock::now() < end);
        return judged(grant);
      },
      plan(2));
  CHECK(after == derived_deadline(1, {}));
}

TEST_CASE("a quick baseline still leaves three seconds, and --timeout has the last word") {
  CHECK(derived_deadline(0.1, {}) == 3s);
  CHECK(derived_deadline(5, {}) == 20s);
  CHECK(derived_deadline(5, {.fixed = 1s}) == 1s);
}

TEST_CASE("a machine that is known to be quiet leaves one second, and more as it stalls") {
  CHECK(derived_deadline(0.1, {}, 0ms) == 1s);
  CHECK(derived_deadline(0.1, {}, 700ms) == 1700ms);
  CHECK(derived_deadline(0.1, {}, 1min) == 3s);
  CHECK(derived_deadline(2, {}, 0ms) == 8s);
  CHECK(derived_deadline(5, {.fixed = 1s}, 1min) == 1s);
}

TEST_CASE(
    "a probe that answers leaves one second and what the machine stalls while its trial waits") {
  SearchPlan busy = plan();
  std::atomic<int> stalled = 5'000;
  busy.stalled = [&stalled] { return std::optional(std::chrono::milliseconds(stalled)); };
  std::vector<std::chrono::milliseconds> deadlines;
  searched(
      [&](int, CapabilitySet grant, const TrialDeadline& deadline, const auto&) {
        Outcome outcome = judged(grant);
        outcome.wait_seconds = 0.1;
        deadlines.push_back(deadline());
        const auto now = std::chrono::steady_clock::now();
        deadline.note({.since = now});
        deadlines.push_back(deadline());
        deadline.note({.since = now, .has_answered = true});
        deadlines.push_back(deadline());
        stalled += 400;
        deadlines.push_back(deadline());
        return outcome;
      },
      busy);
  using Deadlines = std::vector<std::chrono::milliseconds>;
  REQUIRE(deadlines.size() > 8);
  CHECK(Deadlines(deadlines.begin() + 4, deadlines.begin() + 8) == Deadlines{3s, 3s, 1s, 1400ms});
}

TEST_CASE("a load that begins after the baseline gives a trial more time, at most as much again") {
  CHECK(busy_deadline(3s, 0ms) == 3s);
  CHECK(busy_deadline(3s, 1s) == 3500ms);
  CHECK(busy_deadline(3s, 1min) == 6s);
  SearchPlan busy = plan();
  std::atomic<int> stalled = 5'000;
  busy.stalled = [&stalled] { return std::optional(std::chrono::milliseconds(stalled)); };
  std::vector<std::chrono::milliseconds> deadlines;
  searched(
      [&](int, CapabilitySet grant, const TrialDeadline& deadline, const auto&) {
        Outcome outcome = judged(grant);
        outcome.wait_seconds = 0.1;
        const auto long_ago = std::chrono::steady_clock::now() - 10s;
        deadline.note({.since = long_ago});
        stalled += 1'000;
        deadlines.push_back(deadline());
        deadline.note({.since = long_ago, .has_answered = true});
        stalled += 2'000;
        deadlines.push_back(deadline());
        return outcome;
      },
      busy);
  using Deadlines = std::vector<std::chrono::milliseconds>;
  REQUIRE(deadlines.size() > 4);
  CHECK(Deadlines(deadlines.begin() + 2, deadlines.begin() + 4) == Deadlines{3500ms, 4500ms});
}

TEST_CASE("a ceiling that fails ends the search after a repetition") {
  const SearchResult result =
      searched([](int, CapabilitySet, auto, const auto&) { return failed(); });
  REQUIRE(result.verdict);
  CHECK(std::get<CeilingFails>(*result.verdict).trials.size() == 2);
}

TEST_CASE(
    "a ceiling whose probe says the same all the time is asked a second time with a third of it") {
  std::vector<std::chrono::milliseconds> deadlines;
  const auto stuck = [&deadlines](bool repeats_itself, const SearchPlan& search_plan) {
    deadlines.clear();
    searched(
        [&, repeats_itself](int, CapabilitySet, const TrialDeadline& deadline, const auto&) {
          deadlines.push_back(deadline());
          Outcome outcome;
          outcome.decide(Verdict::kFailed, Ending::kTimeUp);
          outcome.probe_repeats_itself = repeats_itself;
          return outcome;
        },
        search_plan);
    return deadlines;
  };
  using Deadlines = std::vector<std::chrono::milliseconds>;
  CHECK(stuck(true, plan()) == Deadlines{60s, 20s});
  CHECK(stuck(false, plan()) == Deadlines{60s, 60s});
  SearchPlan fixed = plan();
  fixed.limits.patience.fixed = 9s;
  CHECK(stuck(true, fixed) == Deadlines{9s, 9s});
}

TEST_CASE("F11: engine trouble is never evidence: the trial is repeated") {
  int calls = 0;
  const SearchResult result = searched([&](int, CapabilitySet grant, auto, const auto&) {
    return ++calls % 2 == 1 ? Outcome{} : judged(grant);
  });
  REQUIRE(result.verdict);
  CHECK(std::get<Minimal>(*result.verdict).proof.set == kNeeded);
}

/// The end of a trial whose probe hung until the deadline.
Outcome no_answer() {
  Outcome outcome;
  outcome.verdict = Verdict::kUndecided;
  outcome.ending = Ending::kNoAnswer;
  return outcome;
}

TEST_CASE("a probe that once gives no answer is no evidence: the trial is repeated") {
  std::map<CapabilitySet, int> asked;
  const SearchResult result = searched([&](int, CapabilitySet grant, auto, const auto&) {
    const bool is_first = asked[grant]++ == 0;
    return is_first && grant != docker_default_set() ? no_answer() : passed();
  });
  REQUIRE(result.verdict);
  CHECK(std::get<Minimal>(*result.verdict).proof.set == CapabilitySet{});
}

TEST_CASE("a probe that twice gives no answer to the same grant has failed") {
  const SearchResult result = searched([](int, CapabilitySet grant, auto, const auto&) {
    return grant.contains(kNeeded) ? passed() : no_answer();
  });
  REQUIRE(result.verdict);
  CHECK(std::get<Minimal>(*result.verdict).proof.set == kNeeded);
}

TEST_CASE("a probe that hangs under the ceiling has had the longest time there is") {
  const SearchResult result =
      searched([](int, CapabilitySet, auto, const auto&) { return no_answer(); });
  REQUIRE(result.verdict);
  CHECK(std::get<CeilingFails>(*result.verdict).trials.size() == 2);
}

TEST_CASE("engine trouble that stays ends the search undecided") {
  const SearchResult result =
      searched([](int, CapabilitySet, auto, const auto&) { return Outcome{}; });
  REQUIRE(result.verdict);
  CHECK(std::holds_alternative<Undecided>(*result.verdict));
}

Outcome trouble() {
  Outcome outcome;
  outcome.ending = Ending::kEngineTrouble;
  return outcome;
}

TEST_CASE("trials that a lost engine takes with it do not count, and it is waited for") {
  // Oftener than trials are repeated for any other trouble, each time under another trial.
  int left = 4;
  int waited = 0;
  SearchPlan patient = plan();
  patient.await_engine = [&](std::chrono::milliseconds patience, const auto&) {
    if (patience == 0ms) return false;
    CHECK(patience <= kEnginePatience);
    ++waited;
    return true;
  };
  std::vector<int> numbers;
  const SearchResult result = searched(
      [&](int number, CapabilitySet grant, auto, const auto&) {
        numbers.push_back(number);
        return numbers.size() > 1 && left-- > 0 ? trouble() : judged(grant);
      },
      patient);
  REQUIRE(result.verdict);
  CHECK(std::get<Minimal>(*result.verdict).proof.set == kNeeded);
  CHECK(waited == 4);
  // Each has a container of its own.
  CHECK(result.started == static_cast<int>(numbers.size()));
  CHECK(result.started == static_cast<int>(result.trials.size()) + 4);
}

TEST_CASE("an engine that stays lost ends the search undecided when its patience is over") {
  int waited = 0;
  SearchPlan patient = plan();
  patient.limits.engine_patience = 20ms;
  patient.await_engine = [&](std::chrono::milliseconds patience, const std::stop_token& stop) {
    if (patience > 0ms) ++waited;
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, patience, [] { return false; });
    return false;
  };
  const SearchResult result =
      searched([](int, CapabilitySet, auto, const auto&) { return trouble(); }, patient);
  REQUIRE(result.verdict);
  CHECK(std::get<Undecided>(*result.verdict).trials.size() == 3);
  CHECK(waited >= 1);
}

TEST_CASE("trouble of an engine that answers is repeated at once, and only twice") {
  int waited = 0;
  SearchPlan answered = plan();
  answered.await_engine = [&](std::chrono::milliseconds patience, const auto&) {
    if (patience > 0ms) ++waited;
    return true;
  };
  const SearchResult result =
      searched([](int, CapabilitySet, auto, const auto&) { return trouble(); }, answered);
  REQUIRE(result.verdict);
  CHECK(std::get<Undecided>(*result.verdict).trials.size() == 3);
  CHECK(waited == 0);
}

TEST_CASE("a stop and the deadline end the waiting for an engine") {
  for (const bool is_stopped : {true, false}) {
    CAPTURE(is_stopped);
    std::stop_source stop;
    SearchPlan patient = plan();
    if (!is_stopped) patient.limits.budget.time = 10ms;
    patient.await_engine = [&](std::chrono::milliseconds patience, const std::stop_token& trial) {
      if (patience == 0ms) return false;
      if (is_stopped) stop.request_stop();
      std::mutex mutex;
      std::condition_variable_any changed;
      std::unique_lock lock(mutex);
      changed.wait(lock, trial, [] { return false; });
      return false;
    };
    const SearchResult result = searched(
        [](int, CapabilitySet, auto, const auto&) { return trouble(); }, patient, stop.get_token());
    CHECK(result.end == (is_stopped ? SearchEnd::kInterrupted : SearchEnd::kOutOfTime));
  }
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
      plan(), stop.get_token());
  CHECK_FALSE(result.verdict);
  CHECK(result.started == 1);
}

TEST_CASE("a budget of trials ends the search with what was seen") {
  SearchPlan limited = plan();
  limited.limits.budget.trials = 3;
  const SearchResult result =
      searched([](int, CapabilitySet grant, auto, const auto&) { return judged(grant); }, limited);
  CHECK(result.end == SearchEnd::kOutOfTrials);
  CHECK_FALSE(result.verdict);
  CHECK(result.started == 3);
  CHECK(result.history().size() == 3);
}

TEST_CASE("a budget of time ends a trial that does not end") {
  SearchPlan limited = plan();
  limited.limits.budget.time = 10ms;
  const SearchResult result = searched(
      [](int, CapabilitySet, auto, const std::stop_token& trial_stop) {
        std::mutex mutex;
        std::condition_variable_any changed;
        std::unique_lock lock(mutex);
        changed.wait(lock, trial_stop, [] { return false; });
        return Outcome{};
      },
      limited);
  CHECK(result.end == SearchEnd::kOutOfTime);
}

TEST_CASE("a search that knows the first trials of another one ends like it") {
  const TrialRunner run = [](int, CapabilitySet grant, auto, const auto&) { return judged(grant); };
  const SearchResult whole = searched(run);
  const auto proof = std::get<Minimal>(*whole.verdict).proof;
  for (std::size_t known = 0; known <= whole.trials.size(); ++known) {
    SearchPlan resumed = plan();
    resumed.known.trials.assign(whole.trials.begin(),
                                whole.trials.begin() + static_cast<std::ptrdiff_t>(known));
    const SearchResult result = searched(run, resumed);
    REQUIRE(result.verdict);
    CHECK(std::get<Minimal>(*result.verdict).proof.passed == proof.passed);
    CHECK(result.started == whole.started);
  }
}

TEST_CASE("a budget of trials is for the new ones, not for those of the earlier run") {
  const TrialRunner run = [](int, CapabilitySet grant, auto, const auto&) { return judged(grant); };
  SearchPlan limited = plan();
  limited.limits.budget.trials = 2;
  SearchResult result = searched(run, limited);
  int runs = 1;
  for (; result.end == SearchEnd::kOutOfTrials && runs < 100; ++runs) {
    limited.known.trials = result.trials;
    result = searched(run, limited);
  }
  CHECK(result.end == SearchEnd::kVerdict);
  CHECK(runs == (searched(run).started + 1) / 2);
}

TEST_CASE("an error in a trial is thrown on") {
  const auto code = code_of([] {
    searched([](int, CapabilitySet, auto, const auto&) -> Outcome {
      throw Error(ExitCode::kInternal, "the sets differ");
    });
  });
  CHECK(code == ExitCode::kInternal);
}

TEST_CASE("what a program's file carries is tried before what its rule suspects") {
  const RuleTable table = RuleTable::parse(
      "rules: [{id: \"exec\", patterns: [\"exec (?P<program>\\\\S+): refused\"], suspects: "
      "[\"KILL\"], reason: \"-\", check: \"-\"}]",
      "test");
  SearchPlan search_plan = plan();
  std::vector<std::string> asked;
  search_plan.diagnosis.privileges_of = [&](const std::string& program) {
    asked.push_back(program);
    return ProgramPrivileges{.needed_to_execute = kNeeded, .carried = kNeeded};
  };
  const SearchResult result = search(search_plan, table,
                                     [](int, CapabilitySet grant, auto, const auto&) {
                                       Outcome outcome = judged(grant);
                                       if (outcome.verdict == Verdict::kFailed)
                                         outcome.log = "exec /bin/tool: refused\n";
                                       return outcome;
                                     },
                                     {}, {});
  REQUIRE(result.verdict);
  CHECK(std::get<Minimal>(*result.verdict).proof.set == kNeeded);
  // The ceiling, nothing, the set, and the set without each of its two members.
  CHECK(result.trials.size() == 5);
  CHECK(asked.front() == "/bin/tool");
  const Clue& clue = result.trials[1].clues.front();
  CHECK(clue.suspects == std::vector<CapabilitySet>{kNeeded, {Capability::kKill}});
  CHECK(clue.reason.find("carries CHOWN SETUID") != std::string::npos);
}

TEST_CASE("where a log is vague, what the image speaks for is tried first") {
  const RuleTable table = RuleTable::parse(
      "rules: [{id: \"any\", vague: true, patterns: [\"denied\"], suspects: [\"KILL\", "
      "\"CHOWN\"], reason: \"-\", check: \"-\"}]",
      "test");
  SearchPlan search_plan = plan();
  search_plan.diagnosis.expected = {Capability::kChown};
  const SearchResult result = search(search_plan, table,
                                     [](int, CapabilitySet grant, auto, const auto&) {
                                       if (grant.contains(Capability::kChown)) return passed();
                                       Outcome outcome = failed();
                                       outcome.log = "denied\n";
                                       return outcome;
                                     },
                                     {}, {});
  // The ceiling, nothing, the set; nothing is the set without its member.
  CHECK(result.trials.size() == 3);
}

TEST_CASE("names of processes are masked and cleaned before anybody sees them") {
  SearchPlan search_plan = plan();
  search_plan.diagnosis.secrets = Secrets({"hunter2"});
  const TrialRunner run = [](int, CapabilitySet grant, const auto&, const auto&) {
    Outcome outcome = judged(grant);
    outcome.trace =
        Trace{.checks = {{Capability::kChown, CheckResult::kHard, "chown", "\x1b[31mhunter2", 1}},
              .lost = 0};
    return outcome;
  };
  const SearchResult result = searched(run, search_plan);
  REQUIRE_FALSE(result.trials.empty());
  CHECK(result.trials.front().outcome.trace->checks.front().process == "[masked]");
}

TEST_CASE("secrets are masked in a clue before its line is shortened, and in its signature") {
  const RuleTable table = RuleTable::parse(
      "rules: [{id: \"any\", patterns: [\"denied for (?P<path>/key-\\\\w+)\"], suspects: "
      "[\"CHOWN\"], when: {path_under: [\"/key-of\"]}, reason: \"-\", check: \"-\"}]",
      "test");
  const std::string secret = "key-of-someone-" + std::string(600, 'x') + "\nlast-line";
  SearchPlan search_plan = plan();
  search_plan.diagnosis.secrets = Secrets({secret});
  const SearchResult result = search(
      search_plan, table,
      [&secret](int, CapabilitySet grant, auto, const auto&) {
        if (grant.contains(Capability::kChown)) return passed();
        Outcome outcome = failed();
        outcome.log = "a\ndenied for /" + secret.substr(0, secret.find('\n')) + ": last-line\n";
        outcome.engine_message = "last-line";
        return outcome;
      },
      {}, {});
  const FinishedTrial& trial = result.trial(1);
  CHECK(trial.clues.front().line == "denied for /[masked]: [masked]");
  CHECK(trial.observation.signature.find("last-line") == std::string::npos);
  CHECK(trial.outcome.engine_message == "[masked]");
}

TEST_CASE("an error of the engine's does not tell what it was given") {
  SearchPlan search_plan = plan();
  search_plan.diagnosis.secrets = Secrets({"hunter2"});
  const TrialRunner run = [](int, CapabilitySet, const auto&, const auto&) -> Outcome {
    throw Error(ExitCode::kImageMissing, "no image for hunter2", "not hunter2");
  };
  try {
    searched(run, search_plan);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(std::string(error.what()) == "no image for [masked]");
    CHECK(error.hint() == "not [masked]");
  }
}

}  // namespace
}  // namespace capmin
