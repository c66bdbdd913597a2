#include "run/variables.h"

#include "core/error.h"
#include "expect_error.h"
#include "scratch.h"
#include "system/file.h"

#include <doctest/doctest.h>

#include <cstdlib>

namespace capmin {
namespace {

ContainerSpec naming(const std::vector<std::string>& variables) {
  ContainerSpec spec;
  for (const std::string& variable : variables) {
    spec.options.push_back({.name = "--env", .value = variable});
  }
  return spec;
}

TEST_CASE("a variable that is only named gets the value that was given") {
  ContainerSpec spec = naming({"TOKEN", "EMPTY"});
  spec.options.push_back({.name = "--hostname", .value = "TOKEN"});
  fill_in({{"TOKEN", "a=b"}, {"EMPTY", ""}, {"OTHER", "x"}}, spec);
  CHECK(spec.options.at(0).value == "TOKEN=a=b");
  CHECK(spec.options.at(1).value == "EMPTY=");
  CHECK(spec.options.at(2).value == "TOKEN");
}

TEST_CASE("a variable of the environment is left to the engine's client") {
  ::setenv("CAPMIN_VARIABLES_TEST", "value", 1);
  ContainerSpec spec = naming({"CAPMIN_VARIABLES_TEST"});
  fill_in({}, spec);
  CHECK(spec.options.at(0).value == "CAPMIN_VARIABLES_TEST");
  CHECK(given_variables({"CAPMIN_VARIABLES_TEST"}, {}).at("CAPMIN_VARIABLES_TEST") == "value");
  ::unsetenv("CAPMIN_VARIABLES_TEST");
  CHECK(code_of([] { given_variables({"CAPMIN_VARIABLES_TEST"}, {}); }) == ExitCode::kUsage);
}

TEST_CASE("all variables without a value are named, with the flags that give them") {
  ContainerSpec spec = naming({"CAPMIN_FIRST", "CAPMIN_SECOND", "CAPMIN_THIRD"});
  try {
    fill_in({{"CAPMIN_SECOND", "x"}}, spec);
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::kUsage);
    CHECK(std::string(error.what()) ==
          "the profile names variables without their values: CAPMIN_FIRST, CAPMIN_THIRD");
    CHECK(error.hint().find("-e CAPMIN_FIRST=VALUE -e CAPMIN_THIRD=VALUE") != std::string::npos);
  }
}

TEST_CASE("files of variables are read as docker does, and give way to single ones") {
  const Scratch scratch;
  const std::string file = (scratch.path / "env").string();
  write_file(file, "# secrets\n\n  A=1\nB=x y #z\r\nC=\nA=2\n");
  CHECK(given_variables({"C=mine"}, {file}) ==
        Variables{{"A", "1"}, {"B", "x y #z"}, {"C", "mine"}});
  CHECK(code_of([] { given_variables({}, {"/nowhere/env"}); }) == ExitCode::kUsage);
  CHECK(code_of([] { given_variables({"=x"}, {}); }) == ExitCode::kUsage);
}

TEST_CASE("every value that reaches a container is known, whatever it comes from") {
  const Scratch scratch;
  const std::string file = (scratch.path / "env").string();
  write_file(file,
             "\xef\xbb\xbf"
             "FIRST=one\r\n# COMMENT=no\n  SECOND=two words \nCAPMIN_VARIABLES_KEY\n"
             "dotted.name=three\nq9mQ7w==\n");
  ::setenv("CAPMIN_VARIABLES_KEY", "a\nb", 1);
  ContainerSpec spec = naming({"A=x=y", "CAPMIN_VARIABLES_KEY", "CAPMIN_VARIABLES_K*", "UNSET"});
  spec.options.push_back({.name = "--env-file", .value = file});
  CHECK(values_given_to(spec) == std::vector<std::string>{"x=y", "a\nb", "a\nb", "one",
                                                          "two words ", "a\nb", "three",
                                                          "dotted.name=three", "=", "q9mQ7w=="});
  ::unsetenv("CAPMIN_VARIABLES_KEY");
}

TEST_CASE("what may be a part of a value is not told when a file cannot be used") {
  const Scratch scratch;
  const std::string file = (scratch.path / "env").string();
  for (const char* const text : {"=hunter2\n", "KEY=-----BEGIN\nMIIE/hunter2\n"}) {
    write_file(file, text);
    try {
      given_variables({}, {file});
      FAIL("accepted");
    } catch (const Error& error) {
      CHECK(error.code() == ExitCode::kUsage);
      CHECK((std::string(error.what()) + error.hint()).find("hunter2") == std::string::npos);
    }
  }
}

}  // namespace
}  // namespace capmin
