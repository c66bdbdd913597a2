#include "run/script.h"

#include "expect_error.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

ExitCode code(std::string_view text, ScriptPlace place = ScriptPlace::kHost) {
  return code_of([&] { check_interpreter("the probe", "/probe", text, place); });
}

constexpr ExitCode kFine = ExitCode::kDone;

TEST_CASE("a script whose interpreter is there can be executed, and so can a program") {
  CHECK(code("#!/bin/sh\nexit 0\n") == kFine);
  CHECK(code("#! /bin/sh -e\n") == kFine);
  CHECK(code("#!/usr/bin/env sh\n") == kFine);
  CHECK(code("#!/usr/bin/env -S A=b sh -e\n") == kFine);
  CHECK(code("#!/bin/sh") == kFine);
  CHECK(code(std::string_view("\x7f"
                              "ELF\x02\x01\x01\x00",
                              8)) == kFine);
}

TEST_CASE("a script without an interpreter that is there cannot") {
  for (const std::string_view text :
       {"", "exit 0\n", "curl -f http://localhost\n", "#!\nexit 0\n", "#!/no/such/shell\n",
        "#!/usr/bin/env no-such-shell-here\n", "#!/bin/sh\r\nexit 0\r\n",
        "\xef\xbb\xbf#!/bin/sh\nexit 0\n"}) {
    CAPTURE(text);
    CHECK(code(text) == ExitCode::kUsage);
  }
}

TEST_CASE("what a container has for an interpreter cannot be known here") {
  CHECK(code("#!/bin/ash\n", ScriptPlace::kContainer) == kFine);
  CHECK(code("#!/bin/ash\r\n", ScriptPlace::kContainer) == ExitCode::kUsage);
  CHECK(code("exit 0\n", ScriptPlace::kContainer) == ExitCode::kUsage);
}

}  // namespace
}  // namespace capmin
