#include "diagnosis/secrets.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace capmin {
namespace {

std::string mask(std::string_view line) {
  return mask_secrets(line);
}

std::string without(const std::vector<std::string>& values, std::string_view text) {
  return Secrets(values).masked(text);
}

/// As base64(1) does; the alphabet's last two digits may be those for URLs.
std::string base64(std::string_view text, std::string_view last_digits = "+/") {
  const std::string digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + std::string(last_digits);
  std::string encoded;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    unsigned group = 0;
    for (std::size_t i = at; i < at + 3; ++i) {
      group = group * 256 + (i < text.size() ? static_cast<unsigned char>(text[i]) : 0U);
    }
    for (unsigned i = 0; i < 4; ++i) {
      encoded += at + i > text.size() ? '=' : digits[(group >> (18 - 6 * i)) & 63U];
    }
  }
  return encoded;
}

/// Lines of so many characters, as base64(1) and openssl print them.
std::string broken_into_lines(const std::string& text, std::size_t width) {
  std::string lines;
  for (std::size_t at = 0; at < text.size(); at += width) {
    lines += text.substr(at, width) + '\n';
  }
  return lines;
}

const std::string kKey =
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw\nq9mQ7w==\n"
    "-----END PRIVATE KEY-----";

TEST_CASE("values that the user gave are masked wherever they stand") {
  CHECK(without({"hunter2"}, "got hunter2, not hunter2!") == "got [masked], not [masked]!");
  CHECK(without({"abc123", "abcdef"}, "abcdef abc123") == "[masked] [masked]");
  CHECK(without({}, "text") == "text");
}

TEST_CASE("a value inside another one, and one that overlaps another, leave no rest") {
  CHECK(without({"secret", "long-secret-word"}, "long-secret-word") == "[masked]");
  CHECK(without({"abcdefgh", "efghijkl"}, "<abcdefghijkl>") == "<[masked]>");
}

TEST_CASE("values of less than six bytes are too common to mask") {
  const std::string text = "port 8080, on, yes {";
  CHECK(without({"8080", "on", "yes", "", "  on\n\t"}, text) == text);
  CHECK(without({"{\n  on\n}\n"}, "on { } {") == "on { } {");
}

TEST_CASE("each line of a value is masked, and the lines of a text stay") {
  CHECK(without({kKey}, "read q9mQ7w== at last") == "read [masked] at last");
  CHECK(without({kKey}, "a\n" + kKey + "\nb") == "a\n[masked]\n[masked]\n[masked]\n[masked]\nb");
  CHECK(without({"first line\r\n  the second\r\n"}, "x the second y") == "x [masked] y");
  // As a whole also the lines that are too short alone, and on a terminal.
  CHECK(without({"long-line\nabc"}, "long-line\r\nabc\r\n") == "[masked]\r\n[masked]\r\n");
}

TEST_CASE("a value that is written with escapes or in quotes is found as what it means, too") {
  CHECK(without({R"(one-line\nanother-line)"}, "<another-line>") == "<[masked]>");
  CHECK(without({R"("quoted-word")"}, "<quoted-word>") == "<[masked]>");
}

TEST_CASE("a value is masked with the escapes of JSON, C and shells") {
  const std::string value = "p\"w\\d/\xc3\xa9\n\xf0\x9f\x94\x91 $x&y\tz";
  for (const char* const written : {R"(p\"w\\d\/\u00e9\n\ud83d\udd11 $x\u0026y\tz)",
                                    R"(p\"w\\d/\303\251\n\360\237\224\221 $x&y\11z)",
                                    R"(p\x22w\\d/\xc3\xA9\n\U0001f511\ \$x\&y\tz)",
                                    R"(p\\\"w\\\\d/\\u00e9\\n\\ud83d\\udd11 $x&y\\tz)"}) {
    CAPTURE(written);
    CHECK(without({value}, "<" + std::string(written) + ">") == "<[masked]>");
  }
}

TEST_CASE("a value is masked where it stands in a URL") {
  const std::string value = "a b/c+d\xc3\xa9\n&=~";
  for (const char* const written : {"a%20b%2Fc%2Bd%C3%A9%0A%26%3D~",
                                    "a+b%2fc%2bd%c3%a9%0a%26%3d%7e", "a%20b/c%2Bd%c3%a9%0A&=~"}) {
    CAPTURE(written);
    CHECK(without({value}, "?x=" + std::string(written) + "&z") == "?x=[masked]&z");
  }
}

TEST_CASE("a value is masked as base64, alone and within what was encoded") {
  for (const std::string& value : {std::string("hunter2"), std::string("correct horse\xff\xfe?>"),
                                   std::string("abcdef"), kKey}) {
    for (const std::string_view last_digits : {"+/", "-_"}) {
      for (const char* const before : {"", "u", "us", "usr:"}) {
        for (const char* const behind : {"", "\n", ", ", "..."}) {
          std::string encoded = base64(before + value + behind, last_digits);
          CAPTURE(encoded);
          for (std::size_t padding = 0; padding < 3; ++padding) {
            const std::string found = without({value}, encoded);
            CHECK(found.find("[masked]") <= 5);
            CHECK(found.size() <= std::string("....[masked]....====").size());
            if (encoded.ends_with('=')) encoded.pop_back();
          }
        }
      }
    }
  }
  CHECK(without({"hunter2"}, "Basic " + base64("hunter2") + '.') == "Basic [masked].");
}

TEST_CASE("base64 is masked in lines, in JSON and in URLs, too") {
  const std::string encoded = base64(kKey);
  for (const std::size_t width : {20U, 64U, 76U}) {
    const std::string masked = without({kKey}, broken_into_lines(encoded, width));
    CHECK(masked.find_first_not_of("[masked]\n") == std::string::npos);
  }
  CHECK(without({"~~~\?\?\?>>>"}, R"(x:"fn5+Pz8\/Pj4+")") == R"(x:"[masked]")");
  CHECK(without({"~~~\?\?\?>>>"}, "x=fn5%2BPz8%2FPj4%2B&") == "x=[masked]&");
}

TEST_CASE("texts without a value stay as they are") {
  for (const char* const text :
       {"chown(\"/var/lib/app\") failed (1: Operation not permitted)",
        "100% of a+b \\n \\u12 \\x %zz", "\\", "%", "+\r\n\n", "hunter", "aHVudGV5Mg"}) {
    CHECK(without({"hunter2"}, text) == text);
    CHECK(Secrets({"hunter2"}).covered(text) == text);
  }
}

TEST_CASE("what is covered keeps its length and its lines") {
  const std::string text = "a hunter2 b\n\\u0068unter2\nc";
  const std::string covered = Secrets({"hunter2"}).covered(text);
  CHECK(covered.size() == text.size());
  CHECK(uncovered(covered) == "a [masked] b\n[masked]\nc");
  CHECK(mask_secrets("password=" + std::string(7, Secrets::kCover) + " x") ==
        "password=[masked] x");
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
