#include "run/verify_text.h"

#include "core/error.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

VerifyRow sample_row() {
  Verification verification;
  verification.status = ProfileStatus::kStale;
  verification.exit = 1;
  verification.text = "works with CHOWN";
  verification.details = {"  cause: it said \x1b[31mno", "::error::x"};
  verification.hint = "--update proves it";
  verification.set = {Capability::kChown};
  verification.drift.stale = {{"image.user", "", "1000"}};
  verification.drift.notes = {{"environment.version", "1", "2\n::error::y"}};
  verification.trials = 2;
  return {"a\nb.yaml", "app:1", verification, "b.yaml.new"};
}

TEST_CASE("a row says the status, the sentence, what changed and what to do") {
  CHECK(to_text(sample_row()) ==
        "stale         \"a\\nb.yaml\": works with CHOWN\n"
        "  \"cause: it said \\u001B[31mno\"\n"
        "  \"::error::x\"\n"
        "  changed image.user: (nothing) -> 1000\n"
        "  note environment.version: 1 -> \"2\\n::error::y\"\n"
        "  hint: --update proves it\n"
        "  wrote b.yaml.new\n");
}

TEST_CASE("as JSON each row has the same keys in the same order") {
  CHECK(to_json(std::vector<VerifyRow>{}) == "[]\n");
  const std::string json = to_json({sample_row(), VerifyRow{}});
  std::size_t at = 0;
  for (int row = 0; row < 2; ++row) {
    for (const char* const key :
         {"profile", "image", "status", "exit", "text", "details", "hint", "set", "droppable",
          "conditional", "stale", "image_changes", "notes", "trials", "written"}) {
      at = json.find('"' + std::string(key) + "\": ", at);
      REQUIRE_MESSAGE(at != std::string::npos, key);
    }
  }
  CHECK(json.find('\x1b') == std::string::npos);
}

TEST_CASE("an error tells its first line, and the others as details") {
  const Verification verification =
      failed_by(Error(ExitCode::kEngine, "no engine\n  cause: x\n  cause: y", "capmin doctor"));
  CHECK(verification.status == ProfileStatus::kError);
  CHECK(verification.exit == 5);
  CHECK(verification.text == "no engine");
  CHECK(verification.details.size() == 2);
  CHECK(verification.hint == "capmin doctor");
  CHECK(failed_by(Error(ExitCode::kUnstable, "x")).status == ProfileStatus::kUnstable);
}

}  // namespace
}  // namespace capmin
