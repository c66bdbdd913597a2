#include "text/sanitize.h"

#include <array>
#include <cassert>
#include <cstdio>

namespace capmin {
namespace {

char32_t byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

}  // namespace

std::optional<Utf8Character> first_character(std::string_view text) {
  assert(!text.empty());
  const char32_t lead = byte_at(text, 0);
  if (lead < 0x80) return Utf8Character{lead, 1};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return std::nullopt;
  char32_t code = lead & (0xffU >> (length + 1));
  for (std::size_t at = 1; at < length; ++at) {
    if ((byte_at(text, at) & 0xc0U) != 0x80) return std::nullopt;
    code = code << 6U | (byte_at(text, at) & 0x3fU);
  }
  constexpr std::array<char32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < kSmallest.at(length) || surrogate || code > 0x10ffff) return std::nullopt;
  return Utf8Character{code, length};
}

std::string escaped(char32_t code) {
  std::array<char, 16> buffer{};
  const char* const form = code > 0xffff ? "\\U%08X" : "\\u%04X";
  const int size = std::snprintf(buffer.data(), buffer.size(), form, static_cast<unsigned>(code));
  return {buffer.data(), static_cast<std::size_t>(size)};
}

namespace {

constexpr char32_t kEscape = 0x1b;

/// Control strings end with ST or BEL: OSC, DCS, SOS, PM and APC, in both forms (ECMA-48).
bool opens_string(char32_t after_escape) {
  return after_escape == ']' || after_escape == 'P' || after_escape == 'X' || after_escape == '^' ||
         after_escape == '_';
}

bool is_bidirectional_control(char32_t c) {
  return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e ||
         c == 0x200f || c == 0x061c;
}

bool is_blank_like(char32_t c) {
  return c == '\n' || c == '\r' || c == '\t' || c == '\v' || c == '\f' || c == 0x85 ||
         c == 0x2028 || c == 0x2029;
}

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f);
}

/// Walks over hostile text character by character and steps over escape sequences.
class Cleaner {
 public:
  Cleaner(std::string_view text, std::size_t limit) : text_(text), limit_(limit) {}

  std::string clean() {
    while (at_ < text_.size() && !full()) {
      step();
    }
    return finish();
  }

 private:
  /// More than the limit is known to be left, even when blanks at the end are taken away.
  bool full() const { return out_.size() > limit_ && out_.back() != ' '; }

  void step() {
    const auto character = first_character(text_.substr(at_));
    const auto [code, length] = character.value_or(kReplacement);
    const std::string_view bytes = text_.substr(at_, length);
    at_ += length;
    if (code == kEscape) {
      skip_after_escape();
    } else if (code == 0x9b) {
      skip_csi();
    } else if (code == 0x9d || code == 0x90 || code == 0x98 || code == 0x9e || code == 0x9f) {
      skip_string();
    } else if (is_blank_like(code)) {
      append(" ");
    } else if (!is_control(code) && !is_bidirectional_control(code)) {
      append(character ? bytes : kReplacementBytes);
    }
  }

  void append(std::string_view bytes) {
    if (!(out_.empty() && bytes == " ")) {
      out_ += bytes;
    }
  }

  void skip_after_escape() {
    if (at_ == text_.size()) {
      return;
    }
    const char c = text_[at_];
    if (c == '[') {
      ++at_;
      skip_csi();
    } else if (opens_string(static_cast<unsigned char>(c))) {
      ++at_;
      skip_string();
    } else {
      skip_while(0x20, 0x2f);
      skip_one(0x30, 0x7e);
    }
  }

  void skip_csi() {
    skip_while(0x30, 0x3f);
    skip_while(0x20, 0x2f);
    skip_one(0x40, 0x7e);
  }

  /// A control string without an end hides nothing: only its opening is dropped.
  void skip_string() {
    if (at_ >= no_end_from_) {
      return;
    }
    for (std::size_t i = at_; i < text_.size(); ++i) {
      const std::string_view rest = text_.substr(i);
      if (rest[0] == '\a') {
        at_ = i + 1;
        return;
      }
      if (rest.starts_with("\x1b\\") || rest.starts_with("\xc2\x9c")) {
        at_ = i + 2;
        return;
      }
    }
    no_end_from_ = at_;
  }

  void skip_while(unsigned char first, unsigned char last) {
    while (at_ < text_.size() && in(text_[at_], first, last)) {
      ++at_;
    }
  }
  void skip_one(unsigned char first, unsigned char last) {
    if (at_ < text_.size() && in(text_[at_], first, last)) {
      ++at_;
    }
  }
  static bool in(char c, unsigned char first, unsigned char last) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= first && byte <= last;
  }

  std::string finish() {
    while (!out_.empty() && out_.back() == ' ') {
      out_.pop_back();
    }
    if (out_.size() <= limit_) {
      return std::move(out_);
    }
    constexpr std::string_view kDots = "...";
    const bool dots = limit_ >= kDots.size();
    std::size_t end = dots ? limit_ - kDots.size() : limit_;
    while (end > 0 && in(out_[end], 0x80, 0xbf)) {
      --end;
    }
    out_.resize(end);
    return dots ? out_ + std::string(kDots) : std::move(out_);
  }

  static constexpr std::string_view kReplacementBytes = "\xef\xbf\xbd";

  std::string_view text_;
  std::size_t limit_;
  std::size_t at_ = 0;
  /// From here on no control string has an end; remembered so that the whole stays linear.
  std::size_t no_end_from_ = std::string_view::npos;
  std::string out_;
};

}  // namespace

std::string sanitize(std::string_view hostile, std::size_t limit) {
  return Cleaner(hostile, limit).clean();
}

namespace {

bool in(char32_t code, char32_t first, char32_t last) {
  return code >= first && code <= last;
}

/// Cc, Cf, Zl, Zp and the noncharacters of Unicode; lone surrogates are no UTF-8.
bool acts_unseen(char32_t code) {
  return code < 0x20 || in(code, 0x7f, 0x9f) || code == 0xad || in(code, 0x600, 0x605) ||
         code == 0x61c || code == 0x6dd || code == 0x70f || code == 0x180e ||
         in(code, 0x200b, 0x200f) || in(code, 0x2028, 0x202e) || in(code, 0x2060, 0x206f) ||
         code == 0xfeff || in(code, 0xfff0, 0xfffb) || in(code, 0xfdd0, 0xfdef) ||
         (code & 0xfffeU) == 0xfffeU || in(code, 0xe0000, 0xe0fff);
}

}  // namespace

std::string visible(std::string_view untrusted) {
  std::string result;
  const std::size_t start = untrusted.find_first_not_of(' ');
  const bool is_command =
      start != std::string_view::npos && untrusted.substr(start).starts_with("::");
  char32_t previous = 0;
  for (std::size_t at = 0; at < untrusted.size();) {
    const auto character = first_character(untrusted.substr(at));
    const auto [code, bytes] = character.value_or(kReplacement);
    if (!character) {
      result += "\xef\xbf\xbd";
    } else if (acts_unseen(code) || (code == '#' && previous == '#') ||
               (is_command && at == start)) {
      result += escaped(code);
    } else {
      result += untrusted.substr(at, bytes);
    }
    previous = code;
    at += bytes;
  }
  return result;
}

}  // namespace capmin
