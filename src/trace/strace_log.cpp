#include "trace/strace_log.h"

#include "trace/strace_table.h"

#include <algorithm>
#include <optional>

namespace capmin {
namespace {

constexpr std::size_t kLongestLine = 8192;
constexpr std::size_t kMostCalls = 512;
constexpr std::size_t kMostArguments = 160;
constexpr std::string_view kOwnWords = "strace: ";

/// strace prints ASCII; this holds it to that.
std::string printable(std::string_view text, std::size_t limit) {
  std::string result(text.substr(0, limit));
  std::ranges::replace_if(
      result, [](char letter) { return letter < ' ' || letter > '~'; }, '?');
  if (text.size() > limit) result += "...";
  return result;
}

/// The bytes that strace writes as an octal number: in a name that is all of <, > and controls.
std::string unescaped(std::string_view name) {
  std::string result;
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (name[at] != '\\' || at + 1 == name.size()) {
      result += name[at];
    } else if (name[at + 1] < '0' || name[at + 1] > '7') {
      result += name[++at];
    } else {
      unsigned byte = 0;
      std::size_t digits = 0;
      while (digits < 3 && at + 1 < name.size() && name[at + 1] >= '0' && name[at + 1] <= '7') {
        byte = byte * 8 + static_cast<unsigned>(name[++at] - '0');
        ++digits;
      }
      result += static_cast<char>(byte);
    }
  }
  return result;
}

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

bool is_of_name(char letter) {
  return (letter >= 'a' && letter <= 'z') || is_digit(letter) || letter == '_';
}

/// Takes what fits from the front of `text`.
template <typename Fits>
std::string_view take_while(std::string_view& text, Fits fits) {
  const auto* const end = std::ranges::find_if_not(text, fits);
  const std::string_view taken = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(taken.size());
  return taken;
}

bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

/// The name in `<name> ` at the front; nothing where it has no end.
std::optional<std::string_view> take_process(std::string_view& text) {
  if (!take(text, "<")) return std::string_view();
  // strace escapes the sign that would end it.
  const std::size_t end = text.find('>');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view name = text.substr(0, end);
  text.remove_prefix(end + 1);
  return name;
}

/// Where the parenthesis stands that ends the arguments at the front of `text`: the last one
/// outside quotes with a result behind it.
std::size_t end_of_arguments(std::string_view text) {
  std::size_t end = std::string_view::npos;
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (quoted && text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      quoted = !quoted;
    } else if (!quoted && text[at] == ')') {
      const std::size_t sign = text.find_first_not_of(' ', at + 1);
      if (sign != std::string_view::npos && text.substr(sign).starts_with("= ")) end = at;
    }
  }
  return end;
}

/// Of the three sets of a capset(), which strace prints in full, what the process asks for: to be
/// permitted and to hand on, "permitted=1<<CAP_KILL|1<<CAP_SYS_TIME, inheritable=0". By name.
std::string asked_of(std::string_view arguments) {
  const std::size_t begin = arguments.find("permitted=");
  return to_string(begin == std::string_view::npos ? CapabilitySet{}
                                                   : named_in(arguments.substr(begin)));
}

/// `PID<PROCESS> CALL(ARGUMENTS) = -1 ERROR (words)`; nothing for every other line.
std::optional<FailedCall> parse_line(std::string_view line) {
  if (take_while(line, is_digit).empty()) return std::nullopt;
  const auto process = take_process(line);
  if (!process || take_while(line, [](char letter) { return letter == ' '; }).empty()) {
    return std::nullopt;
  }
  // The second half of a call whose first half another process interrupted.
  const bool resumed = take(line, "<... ");
  const std::string_view call = take_while(line, is_of_name);
  if (call.empty() || !take(line, resumed ? " resumed>" : "(")) return std::nullopt;
  const std::size_t end = end_of_arguments(line);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view arguments = resumed ? std::string_view() : line.substr(0, end);
  line.remove_prefix(end + 1);
  take_while(line, [](char letter) { return letter == ' '; });
  if (!take(line, "= -1 ")) return std::nullopt;
  const std::string_view error = take_while(
      line, [](char letter) { return (letter >= 'A' && letter <= 'Z') || is_digit(letter); });
  if (!is_denial(call, error)) return std::nullopt;
  return FailedCall{
      .call = std::string(call),
      .error = std::string(error),
      .arguments = call == "capset" ? asked_of(arguments) : printable(arguments, kMostArguments),
      .process = printable(unescaped(*process), 64)};
}

}  // namespace

void StraceLog::append(std::string_view piece) {
  while (!piece.empty()) {
    const std::size_t end = piece.find('\n');
    const std::string_view part = piece.substr(0, end);
    if (line_.size() + part.size() > kLongestLine) line_is_long_ = true;
    if (!line_is_long_) line_ += part;
    if (end == std::string_view::npos) return;
    take_line();
    piece.remove_prefix(end + 1);
  }
}

void StraceLog::take_line() {
  std::string line;
  line.swap(line_);
  if (line_is_long_) {
    line_is_long_ = false;
    ++lost_;
    return;
  }
  // It calls itself as it was started: by its path, mostly. A call's line begins with a number.
  const std::size_t own = line.starts_with('/') ? line.find(kOwnWords) : 0;
  if (own != std::string::npos && std::string_view(line).substr(own).starts_with(kOwnWords)) {
    if (line.ends_with(" attached")) {
      attached_ = true;
    } else if (complaint_.empty()) {
      complaint_ = printable(std::string_view(line).substr(own + kOwnWords.size()), 200);
    }
    return;
  }
  if (auto call = parse_line(line)) keep(std::move(*call));
}

void StraceLog::keep(FailedCall call) {
  const std::string key =
      call.process + '\n' + call.call + '\n' + call.error + '\n' + call.arguments;
  const auto known = places_.find(key);
  if (known != places_.end()) {
    ++calls_[known->second].count;
  } else if (calls_.size() >= kMostCalls) {
    ++lost_;
  } else {
    places_.emplace(key, calls_.size());
    calls_.push_back(std::move(call));
  }
}

std::vector<FailedCall> StraceLog::failed_calls() const {
  return calls_;
}

std::string to_text(const FailedCall& call) {
  std::string text = call.process.empty() ? "" : call.process + ": ";
  text += call.call + '(' + call.arguments + ") = " + call.error;
  if (call.count > 1) text += ", " + std::to_string(call.count) + " times";
  return text;
}

}  // namespace capmin
