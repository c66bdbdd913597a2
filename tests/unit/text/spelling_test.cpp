#include "text/spelling.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using Words = std::vector<std::string_view>;

TEST_CASE("a letter that is wrong, missing, further or swapped leads to the word") {
  const Words words{"run", "verify", "batch", "kubernetes", "NET_ADMIN", "SYS_TIME"};
  CHECK(did_you_mean("batc", words) == "did you mean batch?");
  CHECK(did_you_mean("bathc", words) == "did you mean batch?");
  CHECK(did_you_mean("kubernets", words) == "did you mean kubernetes?");
  CHECK(did_you_mean("verrify", words) == "did you mean verify?");
  CHECK(did_you_mean("NET_ADMN", words) == "did you mean NET_ADMIN?");
  CHECK(did_you_mean("cap_sys_tim", words) == "did you mean SYS_TIME?");
  CHECK(did_you_mean("net-admin", words) == "did you mean NET_ADMIN?");
}

TEST_CASE("a word and its beginning are near, and so is a word with more in front or behind") {
  CHECK(did_you_mean("ver", {"verify", "version", "run"}) == "did you mean verify or version?");
  CHECK(did_you_mean("docker-compose", {"compose", "oci"}) == "did you mean compose?");
  CHECK(did_you_mean("probe-file", {"probe", "publish"}) == "did you mean probe?");
}

TEST_CASE("only what is nearest is named") {
  CHECK(did_you_mean("SETUD", {"SETGID", "SETUID", "SETPCAP"}) == "did you mean SETUID?");
}

TEST_CASE("what is like nothing leads nowhere") {
  const Words words{"never", "missing", "always", "run", "j"};
  for (const char* const text : {"", "x", "often", "no-such-option", "--", "ab"}) {
    CHECK(did_you_mean(text, words).empty());
  }
  CHECK(did_you_mean(std::string(100000, 'a'), words).empty());
}

TEST_CASE("a hint goes on behind the question") {
  CHECK(hint_for("rn", {"run"}, "see help") == "did you mean run? see help");
  CHECK(hint_for("walk", {"run"}, "see help") == "see help");
}

}  // namespace
}  // namespace capmin
