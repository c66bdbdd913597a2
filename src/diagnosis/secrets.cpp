#include "diagnosis/secrets.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <functional>

namespace capmin {
namespace {

constexpr std::string_view kMask = "[masked]";
constexpr std::size_t kShortestSecret = 4;

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

void replace_all(std::string& text, const std::string& value) {
  std::size_t at = text.find(value);
  if (at == std::string::npos) {
    return;
  }
  std::string out;
  std::size_t done = 0;
  for (; at != std::string::npos; at = text.find(value, done)) {
    out.append(text, done, at - done);
    out += kMask;
    done = at + value.size();
  }
  out.append(text, done);
  text = std::move(out);
}

}  // namespace

std::string mask_given(std::string_view text, const std::vector<std::string>& known) {
  std::string masked(text);
  // A longer value may contain a shorter one: the longest goes first.
  std::vector<std::string> values = known;
  std::ranges::sort(values, std::ranges::greater{}, &std::string::size);
  for (const std::string& value : values) {
    if (value.size() >= kShortestSecret) {
      replace_all(masked, value);
    }
  }
  return masked;
}

std::string mask_secrets(std::string_view line, const std::vector<std::string>& known) {
  std::string masked = mask_given(line, known);
  for (const Shape& shape : shapes()) {
    assert(shape.pattern.ok());
    RE2::GlobalReplace(&masked, shape.pattern, shape.replacement);
  }
  return masked;
}

}  // namespace capmin
