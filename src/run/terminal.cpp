#include "run/terminal.h"

#include "text/sanitize.h"
#include "text/words.h"
#include "trial/harmless_evidence.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <sys/ioctl.h>
#include <unistd.h>

namespace capmin {
namespace {

bool wants_color(Color color, bool is_terminal) {
  if (color != Color::kAuto) return color == Color::kAlways;
  // https://no-color.org: set and not empty means no colour.
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return is_terminal && (no_color == nullptr || *no_color == '\0') && term != nullptr &&
         std::string_view(term) != "dumb";
}

/// Where standard error is closed or full, there is nobody left to tell.
void write(const std::string& text) {
  static_cast<void>(std::fputs(text.c_str(), stderr));
  static_cast<void>(std::fflush(stderr));
}

}  // namespace

Terminal::Terminal(Color color)
    : is_terminal_(::isatty(STDERR_FILENO) != 0), colored_(wants_color(color, is_terminal_)) {
  const char* term = std::getenv("TERM");
  if (term == nullptr || std::string_view(term) == "dumb") is_terminal_ = false;
}

int Terminal::columns() const {
  constexpr int kDefault = 100;
  constexpr int kFewest = 20;
  winsize size{};
  if (!is_terminal_ || ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
    return kDefault;
  }
  return std::max<int>(size.ws_col, kFewest);
}

std::string Terminal::tinted(std::string_view text, Tint tint) const {
  const char* code = tint == Tint::kGood ? "32" : tint == Tint::kBad ? "31" : "2";
  if (!colored_ || tint == Tint::kPlain) return std::string(text);
  return "\x1b[" + std::string(code) + 'm' + std::string(text) + "\x1b[0m";
}

void Terminal::line(const std::string& text) {
  write((passing_shown_ ? "\r\x1b[K" : "") + text + '\n');
  passing_shown_ = false;
}

void Terminal::clear() {
  if (passing_shown_) write("\r\x1b[K");
  passing_shown_ = false;
}

void Terminal::passing(const std::string& text) {
  if (!is_terminal_) return;
  const auto width = static_cast<std::size_t>(columns() - 1);
  write("\r\x1b[K" + text.substr(0, width));
  passing_shown_ = true;
}

namespace {

constexpr int kGrantWidth = 28;
constexpr std::size_t kSecondsWidth = 6;

/// "trial  7   without SETUID              0.9 s" in fixed columns.
std::string columns(const std::string& label, const std::string& grant, const std::string& rest) {
  std::string line = label;
  line.resize(std::max<std::size_t>(line.size(), 11), ' ');
  line += grant;
  line.resize(std::max<std::size_t>(line.size() + 1, 11 + kGrantWidth), ' ');
  return line + rest;
}

std::string right_aligned(const std::string& text, std::size_t width) {
  return std::string(width - std::min(text.size(), width), ' ') + text;
}

std::string label_of(int number, Purpose purpose) {
  if (purpose == Purpose::kBaseline) return std::string(name_of(purpose));
  const std::string text = std::to_string(number);
  return "trial " + std::string(text.size() < 2 ? 1 : 0, ' ') + text;
}

}  // namespace

std::string time_of_day() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  std::array<char, 16> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%H:%M:%S ", &local);
  return {text.data(), length};
}

namespace {

std::string ceiling_in_words(CapabilitySet ceiling, const std::string& docker) {
  const CapabilitySet extra = ceiling - docker_default_set();
  if (ceiling.empty()) return "no capabilities";
  if (!ceiling.contains(docker_default_set())) {
    return std::to_string(ceiling.size()) + (ceiling.size() == 1 ? " capability" : " capabilities");
  }
  return extra.empty() ? docker : docker + " and " + to_string(extra);
}

}  // namespace

std::string ceiling_text(CapabilitySet ceiling) {
  return ceiling_in_words(ceiling, "Docker's 14");
}

std::string ceiling_phrase(CapabilitySet ceiling) {
  return ceiling_in_words(ceiling, "Docker's 14 capabilities");
}

std::optional<LeadingClue> leading_clue(const FinishedTrial& trial) {
  for (const auto& [clue, suspect] :
       ranked_leads(trial.clues, trial.outcome.exit_code.has_value())) {
    if (!trial.request.grant.contains(suspect)) return LeadingClue{*clue, suspect};
  }
  return std::nullopt;
}

SearchEvents Progress::events() {
  SearchEvents events;
  events.started = [this](int number, const TrialRequest& request) { started(number, request); };
  events.finished = [this](const FinishedTrial& trial) { finished(trial); };
  events.condition_finished = [this](int number, CapabilitySet grant, const Outcome& outcome) {
    condition_finished(number, grant, outcome);
  };
  events.engine_lost = [this](std::chrono::milliseconds patience) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(patience).count();
    terminal_.line("       the engine does not answer; it is waited for, at most " +
                   std::to_string(seconds) + " s, and the trial is run again");
  };
  return events;
}

std::string Progress::what(const TrialRequest& request) const {
  switch (request.purpose) {
    case Purpose::kRemove:
    case Purpose::kProve:
      return "without " + to_string(request.subject);
    case Purpose::kBaseline:
    case Purpose::kSearch:
    case Purpose::kConfirm:
    case Purpose::kExplore:
    case Purpose::kCondition:
      break;
  }
  if (request.grant == ceiling_) return ceiling_text(ceiling_);
  const CapabilitySet missing = ceiling_ - request.grant;
  const bool is_most_of_it = missing.size() < request.grant.size();
  return is_most_of_it ? "all but " + to_string(missing) : to_string(request.grant);
}

void Progress::condition_finished(int number, CapabilitySet grant, const Outcome& outcome) {
  FinishedTrial trial;
  trial.number = number;
  trial.request.grant = grant;
  trial.outcome = outcome;
  finished(trial);
  terminal_.line("       " + terminal_.tinted("under the engine's own settings for ports and ping",
                                              Tint::kDim));
}

void Progress::started(int number, const TrialRequest& request) {
  terminal_.passing(" now   " + columns(label_of(number, request.purpose), what(request), ""));
}

void Progress::finished(const FinishedTrial& trial) {
  const Outcome& outcome = trial.outcome;
  const bool passed = outcome.verdict == Verdict::kPassed;
  const std::string word = passed                                ? " pass  "
                           : outcome.verdict == Verdict::kFailed ? " fail  "
                                                                 : " ----  ";
  const auto lead =
      outcome.verdict == Verdict::kFailed ? leading_clue(trial) : std::optional<LeadingClue>();
  const std::string seen = passed ? "" : lead ? lead->clue.line : sanitize(describe(outcome));
  const std::string stamp = terminal_.is_terminal() ? "" : time_of_day();
  const std::string head =
      columns(label_of(trial.number, trial.request.purpose), what(trial.request),
              right_aligned(seconds_text(outcome.seconds), kSecondsWidth));
  const std::size_t indent = stamp.size() + word.size() + head.size() + 2;
  const auto width = static_cast<std::size_t>(terminal_.columns());
  const std::size_t room = width > indent + 20 ? width - indent : 20;
  terminal_.line(stamp + terminal_.tinted(word, passed ? Tint::kGood : Tint::kBad) + head +
                 (seen.empty() ? "" : "  " + sanitize(seen, terminal_.is_terminal() ? room : 400)));
  const auto below = [&](const std::string& text) {
    terminal_.line(std::string(indent, ' ') + terminal_.tinted(text, Tint::kDim));
  };
  if (outcome.is_stuck() && trial.request.grant == ceiling_ && !has_told_stuck_) {
    has_told_stuck_ = true;
    below(
        "the container was up all that time, and the probe always said the same; one more trial "
        "makes sure");
  }
  if (lead) {
    below(to_string(lead->suspect) + "  rule " + lead->clue.rule +
          (lead->clue.check.empty() ? "" : ": " + lead->clue.check));
  }
  const Clue* const line = last_line(trial);
  if (line != nullptr && (!lead || lead->clue.vague || is_watched(lead->clue))) {
    below("its log ends: " + sanitize(line->line, terminal_.is_terminal() ? room : 400));
  }
}

}  // namespace capmin
