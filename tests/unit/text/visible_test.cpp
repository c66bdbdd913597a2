#include "hostile_text.h"
#include "text/markup.h"
#include "text/sanitize.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace capmin {
namespace {

TEST_CASE("ordinary text is visible as it is, in any script") {
  CHECK(visible("chown(\"/a b\", 33) failed") == "chown(\"/a b\", 33) failed");
  CHECK(visible("caf\xc3\xa9 \xf0\x9f\x90\xb3") == "caf\xc3\xa9 \xf0\x9f\x90\xb3");
}

TEST_CASE("H10: what acts unseen becomes visible") {
  CHECK(visible("\x1b[31m") == "\\u001B[31m");
  CHECK(visible("a\r\nb\t") == "a\\u000D\\u000Ab\\u0009");
  CHECK(visible("\xc2\x9b") == "\\u009B");
  CHECK(visible("\xe2\x80\xae") == "\\u202E");
  CHECK(visible("\xef\xbf\xbf") == "\\uFFFF");
  CHECK(visible("\xf3\xa0\x80\x81") == "\\U000E0001");
  CHECK(visible("\xff") == "\xef\xbf\xbd");
}

TEST_CASE("H11: what a CI system executes is broken up") {
  CHECK(visible("::error::x") == "\\u003A:error::x");
  CHECK(visible("  ::error::x") == "  \\u003A:error::x");
  CHECK(visible("std::string") == "std::string");
  CHECK(visible("##vso[x]") == "#\\u0023vso[x]");
  CHECK(visible("###") == "#\\u0023\\u0023");
}

TEST_CASE("H16: markup holds no untrusted markup, in text and in attributes") {
  CHECK(Markup::text("<b a='x'>&\"").string() == "&lt;b a=&#39;x&#39;&gt;&amp;&quot;");
  CHECK(Markup::element("p", {{"id", "\"><b>"}}, Markup::text("]]>")).string() ==
        "<p id=\"&quot;&gt;&lt;b&gt;\">]]&gt;</p>");
}

TEST_CASE("H10, H11, H16: no text gets a line break, a control character or markup through") {
  CHECK(rc::check([] {
    const std::string text = Markup::text(*hostile_text()).string();
    RC_ASSERT(std::ranges::none_of(text, [](char letter) {
      return (letter >= 0 && letter < ' ') || letter == 0x7f || letter == '<' || letter == '>' ||
             letter == '"';
    }));
    RC_ASSERT(text.find("##") == std::string::npos);
    RC_ASSERT(!text.starts_with("::"));
  }));
}

}  // namespace
}  // namespace capmin
