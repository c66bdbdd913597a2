#include "engine/api.h"

#include "core/error.h"
#include "expect_error.h"

#include <doctest/doctest.h>

#include <string>

namespace capmin {
namespace {

using namespace std::string_literals;

std::string frame(char stream, const std::string& text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  std::string bytes{stream, '\0', '\0', '\0'};
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    bytes += static_cast<char>((size >> shift) & 0xFFU);
  }
  return bytes + text;
}

TEST_CASE("frames of both streams become one text, wherever the bytes are cut") {
  const std::string bytes =
      frame(1, "one\n") + frame(2, "two\n") + frame(1, "") + frame(1, "three");
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    CAPTURE(step);
    OutputFrames frames(1000);
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      frames.append(std::string_view(bytes).substr(at, step));
    }
    CHECK(frames.fault().empty());
    CHECK(frames.take() == "one\ntwo\nthree");
  }
}

TEST_CASE("frames that break off, are none, or hold the engine's own words are no output") {
  OutputFrames broken(1000);
  broken.append(frame(1, "whole").substr(0, 10));
  CHECK(broken.fault() == "it was broken off");
  OutputFrames in_header(1000);
  in_header.append(frame(1, "whole") + "\1"s);
  CHECK(in_header.fault() == "it was broken off");
  for (const std::string& text :
       {"plain text"s, "\4\0\0\0\0\0\0\1x"s, "\1\0\1\0\0\0\0\1x"s, "\xff\0\0\0\0\0\0\1x"s}) {
    OutputFrames none(1000);
    none.append(text + frame(1, "more"));
    CHECK(none.fault() == "what should be a container's output is not in frames");
  }
  OutputFrames words(1000);
  words.append(frame(1, "a") + frame(3, "disk on fire") + frame(1, "b"));
  CHECK(words.fault().find("disk on fire") != std::string::npos);
}

TEST_CASE("of long output the beginning and the end are kept") {
  OutputFrames frames(100);
  for (int i = 0; i < 1000; ++i) {
    frames.append(frame(1, "line " + std::to_string(i) + '\n'));
  }
  const std::string text = frames.take();
  CHECK(text.starts_with("line 0\n"));
  CHECK(text.ends_with("line 999\n"));
  CHECK(text.find("bytes left out") != std::string::npos);
}

TEST_CASE("an engine is the same only where all that it is known by is the same") {
  const auto identity = [](const std::string& id, const std::string& root) {
    return parse_identity_of_engine(R"({"ID":")" + id + R"(","DockerRootDir":")" + root +
                                    R"(","Name":"box","ServerVersion":"20.10.24"})");
  };
  REQUIRE(identity("A:B", "/var/lib/docker"));
  CHECK(identity("A:B", "/var/lib/docker") == identity("A:B", "/var/lib/docker"));
  CHECK(identity("A:B", "/var/lib/docker") != identity("A:C", "/var/lib/docker"));
  CHECK(identity("A:B", "/var/lib/docker") != identity("A:B", "/var/lib/other"));
  CHECK_FALSE(identity("", "/var/lib/docker"));
  CHECK_FALSE(identity("A:B", ""));
  CHECK_FALSE(parse_identity_of_engine("{}"));
  CHECK_FALSE(parse_identity_of_engine("no JSON"));
  CHECK_FALSE(parse_identity_of_engine(R"({"host":{"arch":"amd64"}})"));
}

TEST_CASE("the context is what the client says it used") {
  CHECK(parse_context(R"({"ID":"A","ClientInfo":{"Context":"default"}})") == "default");
  CHECK(parse_context(R"({"ID":"A","ClientInfo":{}})").empty());
  CHECK(parse_context("garbage").empty());
}

TEST_CASE("the API's version is 1.41, or the nearest that the engine has") {
  const auto version = [](const std::string& newest, const std::string& oldest) {
    return parse_api_version(R"({"ApiVersion":")" + newest + R"(","MinAPIVersion":")" + oldest +
                             "\"}");
  };
  CHECK(version("1.41", "1.12") == "1.41");
  CHECK(version("1.50", "1.24") == "1.41");
  CHECK(version("1.52", "1.44") == "1.44");
  CHECK(version("1.40", "1.12") == "1.40");
  CHECK_FALSE(version("1.40", "1.41"));
  CHECK_FALSE(version("1.41x", "1.12"));
  CHECK_FALSE(version("", "1.12"));
  CHECK_FALSE(parse_api_version("garbage"));
}

TEST_CASE("names cannot leave their place in a path or a query") {
  CHECK(percent_encoded("capmin-0a-1_~") == "capmin-0a-1_~");
  CHECK(percent_encoded("../a?b=c#d e") == "%2E%2E%2Fa%3Fb%3Dc%23d%20e");
  CHECK(percent_encoded("\r\n\xc3\xa4") == "%0D%0A%C3%A4");
}

TEST_CASE("the engine's words are its message, else what it sent") {
  CHECK(parse_message(R"({"message":"No such container: x\n"})") == "No such container: x");
  CHECK(parse_message("page not found\n") == "page not found");
  CHECK(parse_message("") == "");
  CHECK(parse_message(std::string(5000, 'x')).size() == 1000);
}

TEST_CASE("whether a container has a terminal is read from the client's form of inspect") {
  CHECK(parse_has_terminal(R"([{"Config":{"Tty":true}}])"));
  CHECK_FALSE(parse_has_terminal(R"([{"Config":{"Tty":false}}])"));
  CHECK_FALSE(parse_has_terminal(R"([{}])"));
  CHECK(code_of([] { parse_has_terminal("{}"); }) == ExitCode::kEngine);
}

TEST_CASE("a program to be run is described with all that words can hold") {
  CHECK(exec_body({"sh", "-c", "echo \"a\"\n"}, {{"A", "b=c"}, {"D", ""}}) ==
        R"({"AttachStdout":true,"AttachStderr":true,"Cmd":["sh","-c","echo \"a\"\n"],)"
        R"("Env":["A=b=c","D="]})");
  CHECK(parse_exec_id(R"({"Id":"0a"})") == "0a");
  CHECK(code_of([] { parse_exec_id("{}"); }) == ExitCode::kEngine);
}

TEST_CASE("a program has a status once it no longer runs; what tells neither is engine trouble") {
  CHECK(parse_exec_status(R"({"Running":false,"ExitCode":7})") == 7);
  CHECK_FALSE(parse_exec_status(R"({"Running":true,"ExitCode":null})"));
  CHECK_FALSE(parse_exec_status(R"({"Running":true,"ExitCode":0})"));
  for (const char* reply :
       {"", "{}", R"({"Running":false,"ExitCode":null})", R"({"ExitCode":0})"}) {
    CAPTURE(reply);
    CHECK(code_of([reply] { parse_exec_status(reply); }) == ExitCode::kEngine);
  }
}

}  // namespace
}  // namespace capmin
