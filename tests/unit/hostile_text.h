#pragma once

#include <rapidcheck.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace capmin {

/// Texts that some parser, terminal or CI system takes for more than text. All are valid UTF-8.
inline const std::vector<std::string>& hostile_texts() {
  using namespace std::string_literals;
  static const std::vector<std::string> texts{"",
                                              " ",
                                              ": ",
                                              "# ",
                                              " #x",
                                              "&a",
                                              "*a",
                                              "!!python/object:x",
                                              "<<",
                                              "---",
                                              "...",
                                              "--- x",
                                              "- ",
                                              "? ",
                                              "yes",
                                              "No",
                                              "~",
                                              "null",
                                              "true",
                                              "0x10",
                                              "0o7",
                                              "1_000",
                                              "1e3",
                                              ".inf",
                                              ".nan",
                                              "12:30:45",
                                              "2026-11-23",
                                              "=",
                                              "%TAG",
                                              "@",
                                              "`",
                                              "|",
                                              ">",
                                              "'",
                                              "\"",
                                              "\\",
                                              "\\n",
                                              "\\u0041",
                                              "{",
                                              "}",
                                              "[",
                                              "]",
                                              ",",
                                              "{a: b}",
                                              "\n",
                                              "\r",
                                              "\r\n",
                                              "\t",
                                              "\n\n x",
                                              " trailing ",
                                              "\0"s,
                                              "a\0b"s,
                                              "\x07",
                                              "\x1b[31m",
                                              "\x1b]52;c;x\x07",
                                              "\x7f",
                                              "\xc2\x85",
                                              "\xc2\x9b",
                                              "\xc2\xa0",
                                              "caf\xc3\xa9",
                                              "\xe2\x80\xa8",
                                              "\xe2\x80\xa9",
                                              "\xe2\x80\xae",
                                              "\xef\xbb\xbf",
                                              "\xef\xbf\xbe",
                                              "\xef\xbf\xbf",
                                              "\xee\x80\x80",
                                              "\xed\x9f\xbf",
                                              "\xf0\x9f\x90\xb3",
                                              "\xf4\x8f\xbf\xbf",
                                              "::error::x",
                                              "##vso[x]",
                                              "###",
                                              "##teamcity[x]",
                                              "</script>",
                                              "$(id)",
                                              "`id`",
                                              "--privileged"};
  return texts;
}

/// The character as UTF-8; a surrogate becomes "?".
inline std::string utf8(char32_t code) {
  const auto tail = [code](unsigned shift) {
    return static_cast<char>(0x80U | ((static_cast<unsigned>(code) >> shift) & 0x3fU));
  };
  const auto lead = [code](unsigned mark, unsigned shift) {
    return static_cast<char>(mark | (static_cast<unsigned>(code) >> shift));
  };
  if (code < 0x80) return {static_cast<char>(code)};
  if (code < 0x800) return {lead(0xc0, 6), tail(0)};
  if (code >= 0xd800 && code <= 0xdfff) return "?";
  if (code < 0x10000) return {lead(0xe0, 12), tail(6), tail(0)};
  return {lead(0xf0, 18), tail(12), tail(6), tail(0)};
}

/// Arbitrary valid UTF-8, made of hostile texts and of single characters.
inline rc::Gen<std::string> hostile_text() {
  const auto character = rc::gen::map(rc::gen::inRange<char32_t>(0, 0x110000), utf8);
  const auto letter = rc::gen::map(rc::gen::inRange<char32_t>(0, 0x100), utf8);
  const auto part = rc::gen::oneOf(rc::gen::elementOf(hostile_texts()), letter, character);
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(part),
                      [](const std::vector<std::string>& parts) {
                        std::string text;
                        for (const std::string& each : parts) {
                          text += each;
                        }
                        return text;
                      });
}

}  // namespace capmin
