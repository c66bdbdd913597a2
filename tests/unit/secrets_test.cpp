#include "diagnosis/secrets.h"

#include <doctest/doctest.h>

#include <string>

namespace capmin {
namespace {

std::string mask(std::string_view line) {
  return mask_secrets(line, {});
}

TEST_CASE("values that the user gave are masked wherever they stand") {
  CHECK(mask_secrets("got hunter2, not hunter2!", {"hunter2"}) == "got [masked], not [masked]!");
  CHECK(mask_secrets("abcdef abc1", {"abc1", "abcdef"}) == "[masked] [masked]");
}

TEST_CASE("a value inside another one leaves no rest") {
  CHECK(mask_secrets("long-secret-word", {"secret", "long-secret-word"}) == "[masked]");
}

TEST_CASE("values of less than four bytes are too common to mask") {
  CHECK(mask_secrets("port 80, on, yes", {"80", "on", "yes", ""}) == "port 80, on, yes");
}

TEST_CASE("assignments to names of secrets are masked") {
  CHECK(mask("connect password=abc host=db") == "connect password=[masked] host=db");
  CHECK(mask("DB_PASSWORD='a b c' next") == "DB_PASSWORD=[masked] next");
  CHECK(mask(R"({"token": "abc def", "a": 1})") == R"({"token": [masked], "a": 1})");
  CHECK(mask(R"({"msg":"{\"secret\":\"abc\"}"})") == R"({"msg":"{\"secret\":[masked]}"})");
  CHECK(mask("api_key: 12345") == "api_key: [masked]");
  CHECK(mask("aws_secret_access_key = abcd/efgh") == "aws_secret_access_key = [masked]");
}

TEST_CASE("headers, URLs and keys of well-known shapes are masked") {
  CHECK(mask("Authorization: Bearer abc.def") == "Authorization: Bearer [masked]");
  CHECK(mask("Authorization: Basic dXNlcjpwdw==") == "Authorization: Basic [masked]");
  CHECK(mask("postgres://app:pa55@db:5432/x") == "postgres://app:[masked]@db:5432/x");
  CHECK(mask("using AKIAIOSFODNN7EXAMPLE now") == "using [masked] now");
  CHECK(mask("ghp_0123456789abcdefghijABCDEFGHIJ") == "[masked]");
  CHECK(mask("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_def") == "jwt [masked]");
}

TEST_CASE("private keys are masked, on one line and over many") {
  CHECK(mask(R"(key -----BEGIN RSA PRIVATE KEY-----\nMIIE...)") == "key [masked]");
  CHECK(mask("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj") == "[masked]");
}

TEST_CASE("lines of errors keep their words") {
  for (const char* line :
       {"passwd: /etc/shadow.219: Permission denied", "useradd: /etc/passwd.217: Permission denied",
        "open() \"/run/secrets/token\" failed (13: Permission denied)",
        "unable to read password file /etc/x: Permission denied", "https://example.org/a:b@c"}) {
    CHECK(mask(line) == line);
  }
}

}  // namespace
}  // namespace capmin
