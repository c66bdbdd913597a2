#include "diagnosis/log_lines.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace capmin {
namespace {

TEST_CASE("a log is split at line feeds and carriage returns, empty lines are left out") {
  CHECK(log_lines("a\nb\r\nc\rd\n\n").lines == std::vector<std::string_view>{"a", "b", "c", "d"});
  CHECK(log_lines("").lines.empty());
}

TEST_CASE("each line knows its number, and none behind what is left out knows one") {
  CHECK(log_lines("a\n\nb\r\nc\rd\n").numbers == std::vector<std::size_t>{1, 3, 4, 4});
  const std::string filler(5'000'000, '\n');
  CHECK(log_lines("a\nb\n" + filler + "c").numbers == std::vector<std::size_t>{1, 2, 0});
}

TEST_CASE("a very long line keeps its beginning and its end") {
  const std::string log = "first" + std::string(100'000, 'x') + "last\nnext";
  const LogLines found = log_lines(log);
  const std::vector<std::string_view>& lines = found.lines;
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].size() < 17'000);
  CHECK(lines[0].starts_with("firstx"));
  CHECK(lines[0].ends_with("xlast"));
}

TEST_CASE("a very long log keeps its beginning and its end") {
  std::string log = "first\n";
  for (int i = 0; i < 1'000'000; ++i) {
    log += "middle\n";
  }
  log += "last\n";
  const std::vector<std::string_view> lines = log_lines(log).lines;
  CHECK(lines.front() == "first");
  CHECK(lines.back() == "last");
  CHECK(lines.size() < 700'000);
}

TEST_CASE("the escapes of JSON strings are undone") {
  CHECK(unescaped(R"(\"\/run\/x\"\tdenied\n)") == "\"/run/x\" denied ");
  CHECK(unescaped(R"(\u0022\u00e4\u8a31)") == "\"\xc3\xa4\xe8\xa8\xb1");
  CHECK(unescaped(R"(\u001b[31m)") == " [31m");
}

TEST_CASE("what is no escape stays") {
  CHECK(unescaped(R"(C:\dir \u12 \)") == R"(C:\dir \u12 \)");
}

}  // namespace
}  // namespace capmin
