#include "run/run_failure.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace capmin {
namespace {

using enum Capability;

const RuleTable& rules() {
  static const RuleTable table = RuleTable::embedded();
  return table;
}

/// A trial of the ceiling that ended with this log.
FinishedTrial ended(const std::string& log, CapabilitySet ceiling = docker_default_set()) {
  FinishedTrial trial;
  trial.request.grant = ceiling;
  trial.outcome.verdict = Verdict::kFailed;
  trial.outcome.ending = Ending::kExited;
  trial.outcome.exit_code = 1;
  trial.outcome.log = log;
  Evidence evidence;
  evidence.log = log;
  trial.clues = rules().clues(evidence);
  return trial;
}

RunOptions options() {
  RunOptions options;
  options.probe.kind = Probe::Kind::kHealthcheck;
  return options;
}

Error failure(const FinishedTrial& trial) {
  RunPlan plan;
  plan.search.policy.ceiling = trial.request.grant;
  SearchResult result;
  result.trials = {trial};
  return failure_of(CeilingFails{{trial.number}}, options(), plan, result, {});
}

bool suggests_grant(const FinishedTrial& trial) {
  return failure(trial).hint().find("--allow") != std::string::npos;
}

std::size_t place(const std::string& text, const std::string& words) {
  REQUIRE(text.find(words) != std::string::npos);
  return text.find(words);
}

TEST_CASE("a line that says what was refused leads to a grant, and is named") {
  const Error error = failure(ended("RTNETLINK answers: Operation not permitted\n"));
  CHECK(error.hint().find("--allow NET_ADMIN;") != std::string::npos);
  CHECK(std::string(error.what())
            .find("\n  clue: NET_ADMIN, rule network-configuration: RTNETLINK answers") !=
        std::string::npos);
}

TEST_CASE("a vague line leads to no grant") {
  CHECK_FALSE(suggests_grant(ended("ganesha: start: Operation not permitted\n")));
  CHECK_FALSE(suggests_grant(ended("start: permission denied\n")));
}

TEST_CASE("a line that is mostly a warning leads to no grant") {
  CHECK_FALSE(suggests_grant(ended("setrlimit(RLIMIT_MEMLOCK) failed: Operation not permitted\n")));
  CHECK_FALSE(suggests_grant(ended("nice: cannot set niceness: Permission denied\n")));
}

TEST_CASE("what is not a rule's first guess leads to no grant where the first one is granted") {
  CHECK_FALSE(suggests_grant(ended("cat: /etc/shadow: Permission denied\n")));
  // Promiscuous mode takes more of the same.
  CHECK(failure(ended("tcpdump: eth0: You don't have permission to perform this capture\n"))
            .hint()
            .find("--allow NET_ADMIN;") != std::string::npos);
}

TEST_CASE("a line leads to no grant of what nobody asked the kernel for") {
  FinishedTrial trial = ended("RTNETLINK answers: Operation not permitted\n");
  trial.outcome.trace = Trace{.checks = {{kChown, CheckResult::kGranted, "chown", "d", 1}}};
  CHECK_FALSE(suggests_grant(trial));
  trial.outcome.trace->checks.push_back({kNetAdmin, CheckResult::kHard, "sendto", "ip", 1});
  CHECK(suggests_grant(trial));
}

TEST_CASE("a line that names a capability needs no kernel that was asked") {
  FinishedTrial trial = ended("fatal: this program needs CAP_SYS_ADMIN\n");
  trial.outcome.trace = Trace{.checks = {{kChown, CheckResult::kGranted, "chown", "d", 1}}};
  CHECK(suggests_grant(trial));
}

TEST_CASE("a probe that is at fault itself is told first, and leads to no grant") {
  FinishedTrial trial = ended("RTNETLINK answers: Operation not permitted\n");
  trial.outcome.probe_exit = 1;
  trial.outcome.probe_output = "./probe.sh: 3: nc: not found\n";
  const Error error = failure(trial);
  CHECK(error.hint().find("the probe itself seems to be at fault") == 0);
  CHECK(error.hint().find("--allow") == std::string::npos);
  const std::string what = error.what();
  CHECK(place(what, "probe: ./probe.sh") < place(what, "container: RTNETLINK"));
}

TEST_CASE("of a container that ended the last words come first") {
  FinishedTrial trial = ended("cap_set_proc() failed to drop root privileges\n");
  trial.outcome.probe_exit = 7;
  trial.outcome.probe_output = "connection refused\n";
  const std::string what = failure(trial).what();
  CHECK(place(what, "container: cap_set_proc()") < place(what, "probe: connection refused"));
  CHECK_FALSE(suggests_grant(trial));
}

TEST_CASE("lines that a passing trial printed, too, are left out where there are others") {
  FinishedTrial passed = ended("[7] warning: slow disk\nready\n");
  passed.outcome.verdict = Verdict::kPassed;
  passed.outcome.probe_output = "connecting\n";
  FinishedTrial failed = ended("[19] warning: slow disk\nchown: /x: refused\n", {});
  failed.number = 1;
  failed.outcome.probe_output = "connecting\n";
  SearchResult result;
  result.trials = {passed, failed};
  const std::string cause = cause_of(failed, options(), result);
  CHECK(cause.find("slow disk") == std::string::npos);
  CHECK(cause.find("container: chown") != std::string::npos);
  CHECK(cause.find("probe: connecting") != std::string::npos);
}

}  // namespace
}  // namespace capmin
