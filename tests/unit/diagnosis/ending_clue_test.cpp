#include "diagnosis/clue.h"

#include <doctest/doctest.h>

#include <string>

namespace capmin {
namespace {

Evidence ended(int status, const std::string& log = {}) {
  Evidence evidence;
  evidence.log = log;
  evidence.exited = true;
  evidence.exit_code = status;
  return evidence;
}

Evidence silent_job(const std::string& log) {
  Evidence evidence = ended(0, log);
  evidence.probe_failed_at_end = true;
  return evidence;
}

Clue line_clue(bool vague) {
  return {.rule = "chown",
          .line = "line",
          .suspects = {{Capability::kChown}},
          .reason = "reason",
          .check = "check",
          .alternative = {},
          .vague = vague};
}

TEST_CASE("a program that may not be executed suspects its mode first") {
  const auto clue = ending_clue(ended(126), {});
  REQUIRE(clue);
  CHECK(clue->suspects.front() == CapabilitySet{Capability::kDacOverride});
  CHECK(clue->vague);
  CHECK_FALSE(clue->check.empty());
  CHECK_FALSE(ending_clue(ended(127), {}));
  CHECK_FALSE(ending_clue(ended(1), {}));
}

TEST_CASE("a job that gave files away and lost something in silence suspects FSETID first") {
  for (const char* log : {"chown: done", "x\ntar -xpf data.tar\n", "mode 755", "INSTALL a b"}) {
    const auto clue = ending_clue(silent_job(log), {});
    REQUIRE_MESSAGE(clue, log);
    CHECK(clue->suspects.front() == CapabilitySet{Capability::kFsetid});
  }
}

TEST_CASE("a job that fails its probe for other reasons suspects nothing") {
  CHECK_FALSE(ending_clue(silent_job("computed 12 numbers"), {}));
  CHECK_FALSE(ending_clue(silent_job("started; capture target"), {}));
  CHECK_FALSE(ending_clue(silent_job(""), {}));
}

TEST_CASE("a job whose probe passed, or that still runs, has no such clue") {
  CHECK_FALSE(ending_clue(ended(0, "chown: done"), {}));
  Evidence running = silent_job("chown: done");
  running.exited = false;
  CHECK_FALSE(ending_clue(running, {}));
}

TEST_CASE("an exact line is believed more than an ending, a vague one is not") {
  CHECK_FALSE(ending_clue(ended(126), {line_clue(false)}));
  CHECK(ending_clue(ended(126), {line_clue(true)}));
}

}  // namespace
}  // namespace capmin
