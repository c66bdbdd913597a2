#include "diagnosis/clue.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using enum Capability;

Clue clue(bool vague, std::vector<CapabilitySet> suspects) {
  return {.rule = "rule",
          .line = "line",
          .suspects = std::move(suspects),
          .reason = "reason",
          .check = "check",
          .alternative = {},
          .vague = vague,
          .program = "tool"};
}

TEST_CASE("a refused program lacks what its file carries") {
  Clue refused = clue(false, {{kNetRaw}, {kFowner}});
  add_program({{kFowner}, {kFowner}, false}, refused);
  CHECK(refused.suspects == std::vector<CapabilitySet>{{kFowner}, {kNetRaw}});
  CHECK(refused.reason.find("carries FOWNER") != std::string::npos);
}

TEST_CASE("a file capability that is no condition of execution explains no refusal") {
  Clue refused = clue(false, {{kNetRaw}});
  add_program({{}, {kFowner}, false}, refused);
  CHECK(refused.suspects == std::vector<CapabilitySet>{{kNetRaw}});
  CHECK(refused.reason == "reason");
}

TEST_CASE("a program that complains vaguely lacks the file capabilities that it relies on") {
  Clue complaint = clue(true, {{kSetuid}, {kNetRaw}});
  add_program({{}, {kNetRaw}, false}, complaint);
  CHECK(complaint.suspects == std::vector<CapabilitySet>{{kNetRaw}, {kSetuid}});
}

TEST_CASE("a setuid program that complains vaguely of EPERM changes its identity") {
  Clue complaint = clue(true, {{kSetuid}, {kChown}});
  add_program({{}, {}, true}, complaint);
  CHECK(complaint.suspects == std::vector<CapabilitySet>{{kSetgid, kSetuid}, {kSetuid}, {kChown}});
}

TEST_CASE("a setuid program that is refused a file does not") {
  Clue complaint = clue(true, {{kDacOverride}});
  add_program({{}, {}, true}, complaint);
  CHECK(complaint.suspects == std::vector<CapabilitySet>{{kDacOverride}});
}

TEST_CASE("an ordinary program says nothing more") {
  for (const bool vague : {true, false}) {
    Clue complaint = clue(vague, {{kSetuid}});
    add_program({}, complaint);
    CHECK(complaint.suspects == std::vector<CapabilitySet>{{kSetuid}});
    CHECK(complaint.reason == "reason");
  }
}

}  // namespace
}  // namespace capmin
