#include "diagnosis/secrets.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

namespace capmin {
namespace {

constexpr std::string_view kMask = "[masked]";
constexpr std::size_t kShortest = 6;
constexpr std::uint64_t kStartMask = (std::uint64_t{1} << (8 * kShortest)) - 1;
constexpr std::size_t kStartHashes = std::size_t{1} << 16U;

struct Shape {
  RE2 pattern;
  const char* replacement;
};

const std::array<Shape, 8>& shapes() {
  // The first alternative of a value is a quoted one, so that blanks inside quotes belong to it.
  static const std::array<Shape, 8> all{{
      {RE2(R"(-----BEGIN [A-Z ]*PRIVATE KEY-----.*)"), "[masked]"},
      {RE2(R"(^\s*[A-Za-z0-9+/]{60,}={0,2}\s*$)"), "[masked]"},
      {RE2(R"((?i)(\b[a-z][a-z0-9+.-]{0,20}://[^\s:/@"']*):[^\s/"']+@)"), R"(\1:[masked]@)"},
      {RE2(R"((?i)(\bauthorization["']?\s*[:=]\s*["']?(?:(?:bearer|basic|digest|token)\s+)?))"
           R"([^\s"',;]+)"),
       R"(\1[masked])"},
      {RE2(R"((?i)(\bbearer\s+)[a-z0-9._~+/=-]{8,})"), R"(\1[masked])"},
      // After a colon the name must be a whole word: "passwd: /etc/shadow: ..." is no secret.
      {RE2(R"((?i)([a-z0-9_.-]*(?:password|passwd|passphrase|secret|token|api[_-]?key|)"
           R"(access[_-]?key|private[_-]?key|credentials?)[a-z0-9_.-]*["']?\s*=\s*|)"
           R"((?:^|[\s"'{,])[a-z0-9_-]*(?:password|passphrase|secret|token|api[_-]?key|)"
           R"(access[_-]?key|private[_-]?key|credentials?)\\?["']?:\s*))"
           R"((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\"[^"\\]*\\"|[^\s"',;&)}\]]+))"),
       R"(\1[masked])"},
      {RE2(R"(\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}|\bxox[abprs]-[\w-]{10,})"),
       "[masked]"},
      {RE2(R"(\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)"), "[masked]"},
  }};
  return all;
}

bool is_break(char c) {
  return c == '\n' || c == '\r';
}

/// The start of a pattern after one more byte of it.
std::uint64_t with_byte(std::uint64_t start, char c) {
  return ((start << 8U) | static_cast<unsigned char>(c)) & kStartMask;
}

std::size_t hash_of(std::uint64_t start) {
  return (start * 0x9e3779b97f4a7c15U) >> 48U;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

std::string_view without_quotes(std::string_view text) {
  const bool is_quoted = text.size() >= 2 && text.front() == text.back() &&
                         (text.front() == '"' || text.front() == '\'');
  return is_quoted ? text.substr(1, text.size() - 2) : text;
}

bool is_base64_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/' || c == '-' || c == '_';
}

/// The base64 digits, RFC 4648, that `value` alone decides where `before` bytes of a group of three
/// stand before it.
std::string base64_of(std::string_view value, std::size_t before, std::string_view alphabet) {
  constexpr std::size_t kDigitBits = 6;
  const std::size_t begin = 8 * before;
  const std::size_t end = begin + 8 * value.size();
  std::string digits;
  for (std::size_t bit = (begin + kDigitBits - 1) / kDigitBits * kDigitBits;
       bit + kDigitBits <= end; bit += kDigitBits) {
    std::size_t digit = 0;
    for (std::size_t i = bit - begin; i < bit - begin + kDigitBits; ++i) {
      const auto byte = static_cast<unsigned char>(value[i / 8]);
      digit = digit * 2 + ((byte >> (7 - i % 8)) & 1U);
    }
    digits += alphabet[digit];
  }
  return digits;
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto continued = [code](unsigned shift) {
    return static_cast<char>(0x80U | ((code >> shift) & 0x3fU));
  };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += {static_cast<char>(0xc0U | (code >> 6U)), continued(0)};
  } else if (code < 0x10000) {
    out += {static_cast<char>(0xe0U | (code >> 12U)), continued(6), continued(0)};
  } else {
    out += {static_cast<char>(0xf0U | ((code >> 18U) & 7U)), continued(12), continued(6),
            continued(0)};
  }
}

/// What an escape stands for, and how many bytes it takes; no bytes where there is none.
struct Escape {
  std::string meaning;
  std::size_t size = 0;
};

/// The number that `text` begins with, of so many digits.
std::optional<std::uint32_t> number_at(std::string_view text, std::size_t digits, int base) {
  if (text.size() < digits || digits == 0) return std::nullopt;
  std::uint32_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + digits, number, base);
  if (error != std::errc{} || stop != text.data() + digits) return std::nullopt;
  return number;
}

/// "\\u0041", two of which can be one character, at the start of `text`.
Escape unicode_at(std::string_view text, std::size_t digits) {
  Escape escape;
  auto code = number_at(text.substr(2), digits, 16);
  if (!code) return escape;
  escape.size = 2 + digits;
  const std::string_view rest = text.substr(escape.size);
  if (*code >= 0xd800 && *code < 0xdc00 && rest.starts_with("\\u")) {
    const auto low = number_at(rest.substr(2), 4, 16);
    if (low && *low >= 0xdc00 && *low < 0xe000) {
      code = 0x10000 + ((*code - 0xd800) << 10U) + (*low - 0xdc00);
      escape.size += 6;
    }
  }
  append_utf8(escape.meaning, *code);
  return escape;
}

/// The escape of JSON, C or a shell at the start of `text`, which begins with a backslash.
Escape backslash_at(std::string_view text) {
  constexpr std::string_view kLetters = "abefnrtv";
  constexpr std::string_view kMeanings = "\a\b\x1b\f\n\r\t\v";
  if (text.size() < 2) return {};
  const char c = text[1];
  if (c == 'u') return unicode_at(text, 4);
  if (c == 'U') return unicode_at(text, 8);
  if (c == 'x') {
    const auto byte = number_at(text.substr(2), 2, 16);
    return byte ? Escape{{static_cast<char>(*byte)}, 4} : Escape{};
  }
  std::size_t digits = 0;
  while (digits < 3 && digits + 1 < text.size() && text[digits + 1] >= '0' &&
         text[digits + 1] <= '7') {
    ++digits;
  }
  if (const auto byte = number_at(text.substr(1), digits, 8)) {
    return {{static_cast<char>(*byte)}, digits + 1};
  }
  if (const std::size_t letter = kLetters.find(c); letter != std::string_view::npos) {
    return {{kMeanings[letter]}, 2};
  }
  const bool is_word = is_base64_digit(c) && c != '/' && c != '+' && c != '-';
  return is_word ? Escape{} : Escape{{c}, 2};
}

/// The byte of a URL at the start of `text`, which begins with "%".
Escape percent_at(std::string_view text) {
  const auto byte = number_at(text.substr(1), 2, 16);
  return byte ? Escape{{static_cast<char>(*byte)}, 3} : Escape{};
}

/// `text` without the escapes of JSON, C or a shell.
std::string meaning_of(std::string_view text) {
  std::string meaning;
  while (!text.empty()) {
    Escape escape = text.front() == '\\' ? backslash_at(text) : Escape{};
    if (escape.size == 0) escape = {{text.front()}, 1};
    meaning += escape.meaning;
    text.remove_prefix(escape.size);
  }
  return meaning;
}

/// In a form that was filled in.
Escape plus_at(std::string_view text) {
  return text.front() == '+' ? Escape{" ", 1} : percent_at(text);
}

/// What is looked for, and whether the base64 digits beside it may hold bits of the value.
using Forms = std::map<std::string, bool>;

/// Adds `value` as it is written and as base64; short ones are none.
void add_forms(std::string_view value, Forms& forms) {
  constexpr std::string_view kStandard =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr std::string_view kForUrls =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  if (trimmed(value).size() < kShortest) return;
  std::string plain(trimmed(value));
  std::erase_if(plain, is_break);
  if (plain.size() >= kShortest) forms.emplace(std::move(plain), false);
  for (const std::string_view alphabet : {kStandard, kForUrls}) {
    for (std::size_t before = 0; before < 3; ++before) {
      forms.emplace(base64_of(value, before, alphabet), true);
    }
  }
}

/// Adds `value` as a whole and line by line.
void add_value(std::string_view value, Forms& forms) {
  add_forms(value, forms);
  while (!value.empty()) {
    const std::size_t end = std::min(value.find_first_of("\r\n"), value.size());
    add_forms(trimmed(value.substr(0, end)), forms);
    value.remove_prefix(std::min(end + 1, value.size()));
  }
}

}  // namespace

/// A text as one of its readers may understand it, without line breaks.
struct Secrets::View {
  std::string text;
  std::vector<std::uint32_t> places;  ///< of each byte, and of the end

  explicit View(std::string_view original) {
    for (std::size_t i = 0; i < original.size(); ++i) {
      add(original[i], static_cast<std::uint32_t>(i));
    }
    places.push_back(static_cast<std::uint32_t>(original.size()));
  }

  /// What `escape_at` makes of `view`, where one of `starts` stands.
  template <typename EscapeAt>
  View(const View& view, std::string_view starts, EscapeAt escape_at) {
    for (std::size_t i = 0; i < view.text.size();) {
      const bool may_be = starts.find(view.text[i]) != std::string_view::npos;
      const Escape escape = may_be ? escape_at(std::string_view(view.text).substr(i)) : Escape{};
      if (escape.size == 0) {
        add(view.text[i], view.places[i]);
        ++i;
        continue;
      }
      for (const char c : escape.meaning) {
        add(c, view.places[i]);
      }
      i += escape.size;
    }
    places.push_back(view.places.back());
  }

  void add(char c, std::uint32_t place) {
    if (is_break(c)) return;
    text += c;
    places.push_back(place);
  }
};

Secrets::Secrets(const std::vector<std::string>& values) {
  Forms forms;
  for (const std::string& value : values) {
    add_value(value, forms);
    add_value(without_quotes(trimmed(value)), forms);
    if (value.find('\\') != std::string::npos) add_value(meaning_of(value), forms);
  }
  for (const auto& [text, is_base64] : forms) {
    patterns_.push_back({text, is_base64});
  }
  may_start_.resize(patterns_.empty() ? 0 : kStartHashes);
  for (std::size_t i = 0; i < patterns_.size(); ++i) {
    std::uint64_t start = 0;
    for (std::size_t at = 0; at < kShortest; ++at) {
      start = with_byte(start, patterns_[i].text[at]);
    }
    by_start_[start].push_back(i);
    may_start_[hash_of(start)] = true;
  }
}

/// Covers in `covered` what `view` shows of the patterns.
void Secrets::cover(const View& view, std::string& covered) const {
  const std::string_view text = view.text;
  const auto is_digit = [text](std::size_t at) {
    return at < text.size() && is_base64_digit(text[at]);
  };
  std::uint64_t start = 0;
  for (std::size_t next = 0; next < text.size(); ++next) {
    start = with_byte(start, text[next]);
    if (next + 1 < kShortest || !may_start_[hash_of(start)]) continue;
    const auto candidates = by_start_.find(start);
    if (candidates == by_start_.end()) continue;
    const std::size_t at = next + 1 - kShortest;
    for (const std::size_t i : candidates->second) {
      const auto& [pattern, is_base64] = patterns_[i];
      if (!text.substr(at).starts_with(pattern)) continue;
      std::size_t begin = at;
      std::size_t end = at + pattern.size();
      if (is_base64 && begin > 0 && is_digit(begin - 1)) --begin;
      if (is_base64 && is_digit(end)) ++end;
      while (is_base64 && end < text.size() && text[end] == '=')
        ++end;
      for (std::size_t place = view.places[begin]; place < view.places[end]; ++place) {
        if (!is_break(covered[place])) covered[place] = kCover;
      }
    }
  }
}

std::string Secrets::covered(std::string_view text) const {
  std::string covered(text);
  if (patterns_.empty()) return covered;
  const View plain(text);
  cover(plain, covered);
  if (text.find('\\') != std::string_view::npos) {
    const View once(plain, "\\", backslash_at);
    cover(once, covered);
    if (once.text.find('\\') != std::string::npos) {
      cover(View(once, "\\", backslash_at), covered);
    }
  }
  if (text.find('%') != std::string_view::npos || text.find('+') != std::string_view::npos) {
    cover(View(plain, "%", percent_at), covered);
    cover(View(plain, "%+", plus_at), covered);
  }
  return covered;
}

std::string Secrets::masked(std::string_view text) const {
  return patterns_.empty() ? std::string(text) : uncovered(covered(text));
}

std::string uncovered(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find(Secrets::kCover), text.size());
    shown += text.substr(0, plain);
    text.remove_prefix(plain);
    if (!text.empty()) shown += kMask;
    text.remove_prefix(std::min(text.find_first_not_of(Secrets::kCover), text.size()));
  }
  return shown;
}

std::string mask_secrets(std::string_view line) {
  std::string masked(line);
  for (const Shape& shape : shapes()) {
    assert(shape.pattern.ok());
    RE2::GlobalReplace(&masked, shape.pattern, shape.replacement);
  }
  return uncovered(masked);
}

}  // namespace capmin
