#include "text/quote.h"

#include "document/strict_yaml.h"
#include "hostile_text.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

using namespace std::string_literals;

TEST_CASE("quoted text is one line of printable ASCII") {
  CHECK(quote("a\"b\\c\n\t\x1b\x7f", QuoteFormat::kYaml) == R"("a\"b\\c\n\t\u001B\u007F")");
  CHECK(quote("\0"s, QuoteFormat::kYaml) == R"("\u0000")");
  CHECK(quote("\xc3\xa9\xf0\x9f\x90\xb3", QuoteFormat::kYaml) == R"("\u00E9\U0001F433")");
  CHECK(quote("\xc3\xa9\xf0\x9f\x90\xb3", QuoteFormat::kJson) == "\"\\u00E9\xf0\x9f\x90\xb3\"");
}

TEST_CASE("invalid UTF-8 becomes the replacement character, byte for byte") {
  CHECK(quote("a\xff\xc3", QuoteFormat::kYaml) == R"("a\uFFFD\uFFFD")");
  CHECK(quote("\xed\xa0\x80", QuoteFormat::kJson) == R"("\uFFFD\uFFFD\uFFFD")");
  CHECK(quote("\xc0\x80", QuoteFormat::kYaml) == R"("\uFFFD\uFFFD")");
}

TEST_CASE("two number signs never stand in a row") {
  CHECK(quote("##vso[x] ###", QuoteFormat::kYaml) == R"("#\u0023vso[x] #\u0023\u0023")");
  CHECK(quote("# #", QuoteFormat::kJson) == R"("# #")");
}

TEST_CASE("any text reads back the same in both formats") {
  CHECK(rc::check([] {
    const std::string text = *hostile_text();
    for (const QuoteFormat format : {QuoteFormat::kYaml, QuoteFormat::kJson}) {
      RC_ASSERT(parse_strict_yaml(quote(text, format), "f").text == text);
    }
  }));
}

TEST_CASE("harmless text is shown as it is") {
  CHECK(shown("nginx:1.27 \"x\"") == "nginx:1.27 \"x\"");
  CHECK(shown("a\x1b[31m") == R"("a\u001B[31m")");
  CHECK(shown("a::b") == "a::b");
  CHECK(shown(" ::error::x") == R"(" ::error::x")");
  CHECK(shown("##vso[x]") == R"("#\u0023vso[x]")");
}

TEST_CASE("quoting keeps every word apart for a shell, and nothing in it acts unseen") {
  CHECK(shell_quoted({"a", "", "b c", "it's", "$(id)", "x=y", "gr\xc3\xb6\xc3\x9f"}) ==
        "a '' 'b c' 'it'\\''s' '$(id)' x=y 'gr\xc3\xb6\xc3\x9f'");
  CHECK(shell_quoted({"two\nlines", "\x1b[2J", "it's\\\t", "\xff", "##vso[x]", "::error::x"}) ==
        R"($'two\012lines' $'\033[2J' $'it\'s\\\011' $'\377' $'#\043vso[x]' $':\072error:\072x')");
}

}  // namespace
}  // namespace capmin
