#include "text/sanitize.h"
#include "unit/hostile_text.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

TEST_CASE("the first character of a UTF-8 text is read with its length") {
  for (const char32_t code : {U'\0', U'a', U'\x7f', U'\x80', U'\x7ff', U'\x800', U'\xd7ff',
                              U'\xe000', U'\xffff', U'\x10000', U'\x10ffff'}) {
    CAPTURE(static_cast<unsigned>(code));
    const std::string text = utf8(code);
    const auto character = first_character(text + "b");
    REQUIRE(character);
    CHECK(character->code == code);
    CHECK(character->bytes == text.size());
  }
}

TEST_CASE("bytes that are not UTF-8 are no character") {
  for (const char* const bytes : {
           "\x80",              // a continuation without a start
           "\xc1\xbf",          // overlong, two bytes
           "\xe0\x9f\xbf",      // overlong, three bytes
           "\xf0\x8f\xbf\xbf",  // overlong, four bytes
           "\xed\xa0\x80",      // a surrogate
           "\xf4\x90\x80\x80",  // beyond U+10FFFF
           "\xf5\x80\x80\x80",  // no such start
           "\xff",
           "\xe2\x82",   // cut short
           "\xe2\x82z",  // broken off
       }) {
    CAPTURE(bytes);
    CHECK_FALSE(first_character(bytes));
  }
}

}  // namespace
}  // namespace capmin
