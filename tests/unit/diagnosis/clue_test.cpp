#include "diagnosis/clue.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace capmin {
namespace {

constexpr CapabilitySet kChown{Capability::kChown};
constexpr CapabilitySet kFowner{Capability::kFowner};
constexpr CapabilitySet kBind{Capability::kNetBindService};
constexpr CapabilitySet kSetuid{Capability::kSetuid};
constexpr CapabilitySet kIdentity{Capability::kSetgid, Capability::kSetuid};

Clue clue(std::vector<CapabilitySet> suspects, bool vague = false) {
  return {"rule", "line", std::move(suspects), "reason", "check", "", vague};
}

TEST_CASE("the last words of a container that exited count most") {
  const std::vector<Clue> clues{clue({kChown}), clue({kBind})};
  CHECK(ranked_suspects(clues, true) == std::vector{kBind, kChown});
}

TEST_CASE("in a container that still runs the first error counts most") {
  const std::vector<Clue> clues{clue({kChown}), clue({kBind})};
  CHECK(ranked_suspects(clues, false) == std::vector{kChown, kBind});
}

TEST_CASE("every clue's first suspect comes before any clue's second one") {
  const std::vector<Clue> clues{clue({kChown, kFowner}), clue({kIdentity, kSetuid})};
  CHECK(ranked_suspects(clues, true) == std::vector{kIdentity, kChown, kSetuid, kFowner});
}

TEST_CASE("a vague last line does not hide an exact earlier one") {
  const std::vector<Clue> clues{clue({kBind}), clue({kSetuid, kChown}, true)};
  CHECK(ranked_suspects(clues, true) == std::vector{kBind, kSetuid, kChown});
}

TEST_CASE("what most programs do without comes after exact lines and before vague ones") {
  Clue optional = clue({kFowner});
  optional.optional = true;
  const std::vector<Clue> clues{clue({kBind}), clue({kSetuid}, true), optional};
  CHECK(ranked_suspects(clues, true) == std::vector{kBind, kFowner, kSetuid});
}

TEST_CASE("what was watched comes after exact lines, and is no part of what a failure looks like") {
  Clue seen = clue({kSetuid});
  seen.rule = kKernelRule;
  const std::vector<Clue> clues{clue({kChown}), clue({kFowner}, true), seen};
  CHECK(ranked_suspects(clues, true) == std::vector{kChown, kSetuid, kFowner});
  CHECK(failure_signature({seen}, {}) == failure_signature({}, {}));
}

TEST_CASE("no suspect is named twice") {
  const std::vector<Clue> clues{clue({kChown, kBind}), clue({kBind, kChown})};
  CHECK(ranked_suspects(clues, true) == std::vector{kBind, kChown});
  CHECK(ranked_suspects({}, true).empty());
}

TEST_CASE("numbers, addresses, times and dates do not tell lines apart") {
  CHECK(normalized("2026/11/24 06:54:18 [emerg] 10#10: chown failed") ==
        normalized("2026/11/25 16:04:59 [emerg] 7#7: chown failed"));
  CHECK(normalized("Mon Nov 30 at 0x7f8d68445080") == normalized("Tue Dec 1 at 0x55d0b56d1a24"));
  CHECK(normalized("chown failed") != normalized("chmod failed"));
}

TEST_CASE("lines that are equal but for their digits are equal once normalized") {
  const std::vector<std::string> lines{
      "2026/11/24 06:54:18 [emerg] 10#10: chown",
      "2027/12/25 16:04:59 [emerg] 77#77: chown",
      "open 0x7f8d68445080",
      "open 0x55d055d01a24",
      "open 9x55d055d01a24",
      "open 00X1f",
      "open 10X1f",
      "open 11X1f",
      "deadbeef1",
      "deadbeef2",
      "abc1234",
      "abc12345",
  };
  CHECK(with_equal_digits(lines[0]) == with_equal_digits(lines[1]));
  for (const std::string& one : lines) {
    for (const std::string& other : lines) {
      if (with_equal_digits(one) == with_equal_digits(other)) {
        CHECK(normalized(one) == normalized(other));
      }
    }
  }
}

TEST_CASE("a failure's signature knows how it ended and what was said, in any order") {
  const auto at = [](const char* line) {
    Clue c = clue({kChown});
    c.line = line;
    return c;
  };
  const Evidence exited{{}, {}, true, 1};
  CHECK(failure_signature({at("pid 7: a"), at("b")}, exited) ==
        failure_signature({at("b"), at("pid 12: a")}, exited));
  CHECK(failure_signature({at("a")}, exited) != failure_signature({at("b")}, exited));
  CHECK(failure_signature({at("a")}, exited) != failure_signature({at("a")}, {{}, {}, true, 2}));
  CHECK(failure_signature({at("a")}, exited) != failure_signature({at("a")}, {}));
  CHECK_FALSE(failure_signature({}, {}).empty());
}

TEST_CASE("what other evidence speaks for leads a vague clue, never an exact one") {
  using enum Capability;
  Clue clue;
  clue.suspects = {{kDacOverride}, {kNetBindService}, {kChown}};
  expect_suspects({kNetBindService}, clue);
  CHECK(clue.suspects.front() == CapabilitySet{kDacOverride});
  clue.vague = true;
  expect_suspects({kNetBindService}, clue);
  CHECK(clue.suspects == std::vector<CapabilitySet>{{kNetBindService}, {kDacOverride}, {kChown}});
}

}  // namespace
}  // namespace capmin
