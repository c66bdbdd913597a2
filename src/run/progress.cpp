#include "run/progress.h"

#include "text/display.h"
#include "text/sanitize.h"
#include "text/words.h"
#include "trial/harmless_evidence.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <mutex>
#include <utility>

namespace capmin {
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

namespace {

// A line of a trial: " fail  trial  7   without SETUID              0.9 s  what was seen".
constexpr std::size_t kWordWidth = 7;
constexpr std::size_t kLabelWidth = 11;
constexpr std::size_t kGrantWidth = 28;
constexpr std::size_t kSecondsWidth = 6;
/// What was seen stands beside a trial where it has so many columns there, else below.
constexpr std::size_t kLeastBeside = 40;
constexpr std::size_t kLongestInLog = 400;

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

std::string right_aligned(const std::string& text, std::size_t width) {
  return std::string(width - std::min(text.size(), width), ' ') + text;
}

std::string label_of(int number, Purpose purpose) {
  if (purpose == Purpose::kBaseline) return std::string(name_of(purpose));
  const std::string text = std::to_string(number);
  return "trial " + std::string(text.size() < 2 ? 1 : 0, ' ') + text;
}

std::string what(const TrialRequest& request, CapabilitySet ceiling) {
  if (request.purpose == Purpose::kRemove || request.purpose == Purpose::kProve) {
    return "without " + to_string(request.subject);
  }
  if (request.grant == ceiling) return ceiling_text(ceiling);
  const CapabilitySet missing = ceiling - request.grant;
  const bool is_most_of_it = missing.size() < request.grant.size();
  return is_most_of_it ? "all but " + to_string(missing) : to_string(request.grant);
}

std::string_view verdict_word(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPassed:
      return " pass  ";
    case Verdict::kFailed:
      return " fail  ";
    case Verdict::kUndecided:
      break;
  }
  return " ----  ";
}

}  // namespace

namespace {

struct TrialLine {
  std::string text;
  Tint tint = Tint::kPlain;  ///< of the text behind the indentation
};

/// As trial_lines().
std::vector<TrialLine> tinted_lines(const FinishedTrial& trial, const TrialView& view) {
  const Outcome& outcome = trial.outcome;
  const auto lead =
      outcome.verdict == Verdict::kFailed ? leading_clue(trial) : std::optional<LeadingClue>();
  std::string grant = what(trial.request, view.ceiling);
  const bool cuts = view.columns && !view.is_whole;
  if (cuts) {
    constexpr std::size_t kRest = kWordWidth + kLabelWidth + 1 + kSecondsWidth;
    grant = cut(grant, *view.columns - std::min(*view.columns, view.stamp.size() + kRest));
  }
  const std::string label = view.stamp + std::string(verdict_word(outcome.verdict)) +
                            padded(label_of(trial.number, trial.request.purpose), kLabelWidth);
  std::vector<TrialLine> lines{{label + padded(grant + ' ', kGrantWidth) +
                                right_aligned(seconds_text(outcome.seconds), kSecondsWidth)}};
  const std::size_t beside = lines.front().text.size() + 2;
  const bool is_beside = !view.columns || *view.columns >= beside + kLeastBeside;
  const std::size_t indent = is_beside ? beside : label.size();
  const auto add = [&](const std::string& text, Tint tint) {
    lines.push_back({std::string(indent, ' ') + text, tint});
  };
  const auto shortened = [&](std::string_view text) {
    const std::string clean = sanitize(text, kLongestInLog);
    return cuts ? cut(clean, *view.columns - std::min(*view.columns, indent)) : clean;
  };
  if (outcome.verdict != Verdict::kPassed) {
    const std::string seen = shortened(lead ? lead->clue.line : describe(outcome));
    if (is_beside) {
      lines.front().text += "  " + seen;
    } else {
      add(seen, Tint::kPlain);
    }
  }
  if (lead) {
    add(to_string(lead->suspect) + "  rule " + lead->clue.rule +
            (lead->clue.check.empty() ? "" : ": " + lead->clue.check),
        Tint::kDim);
  }
  const Clue* const last = last_line(trial);
  if (last != nullptr && (!lead || lead->clue.vague || is_watched(lead->clue))) {
    add(shortened("its log ends: " + last->line), Tint::kDim);
  }
  return lines;
}

}  // namespace

std::vector<std::string> trial_lines(const FinishedTrial& trial, const TrialView& view) {
  std::vector<std::string> texts;
  std::ranges::transform(tinted_lines(trial, view), std::back_inserter(texts), &TrialLine::text);
  return texts;
}

namespace {

double seconds_between(LiveText::Time begin, LiveText::Time end) {
  return std::max(0.0, std::chrono::duration<double>(end - begin).count());
}

/// "0:08", "1:02:03".
std::string clock_text(double seconds) {
  const auto whole = static_cast<long>(seconds);
  std::array<char, 40> text{};
  const int size =
      whole < 3600 ? std::snprintf(text.data(), text.size(), "%ld:%02ld", whole / 60, whole % 60)
                   : std::snprintf(text.data(), text.size(), "%ld:%02ld:%02ld", whole / 3600,
                                   whole / 60 % 60, whole % 60);
  return {text.data(), static_cast<std::size_t>(size)};
}

/// The oldest that is not parked, else the oldest.
const RunningTrial& main_trial(const SearchState& state) {
  const auto found = std::ranges::find(state.trials, false, &RunningTrial::is_parked);
  return found == state.trials.end() ? state.trials.front() : *found;
}

/// What a trial waits for, the longest text first.
std::vector<std::string> waits(const SearchState& state, const RunningTrial& trial,
                               LiveText::Time now) {
  const std::optional<LiveText::Time> since =
      trial.wait.since ? trial.wait.since : trial.wait.job_since;
  if (!since) {
    if (state.is_engine_lost) return {"waiting for the engine"};
    return {trial.has_waited ? "the probe is done with it" : "starting its container"};
  }
  std::string past = seconds_text(seconds_between(*since, now));
  past.resize(past.size() - std::string_view(" s").size());
  const std::string of =
      past + " of " + seconds_text(std::chrono::duration<double>(trial.deadline).count());
  const std::string words = trial.is_parked           ? "parked, most likely fails"
                            : trial.wait.job_since    ? "waiting for its end"
                            : trial.wait.has_answered ? "the probe fails so far"
                                                      : "asking the probe";
  return {words + ", deadline " + of, "deadline " + of, of};
}

std::string what(const SearchState& state, const RunningTrial& trial) {
  return what(trial.request, state.ceiling) +
         (trial.is_condition ? " under the engine's own settings" : "");
}

/// "trial 4 of about 7"
std::string position(const SearchState& state) {
  const std::string trial = "trial " + std::to_string(state.newest);
  if (!state.last_number) return trial;
  if (state.newest == 0 && *state.last_number > 0) {
    return "then about " + counted(*state.last_number, "trial");
  }
  return trial + " of about " + std::to_string(std::max(state.newest, *state.last_number));
}

/// "2 running, 1 parked"; empty where one trial runs.
std::string side_by_side(const SearchState& state) {
  if (state.trials.size() < 2) return {};
  const auto parked = std::ranges::count_if(state.trials, &RunningTrial::is_parked);
  const auto running = std::ssize(state.trials) - parked;
  std::string text = std::to_string(running) + " running";
  if (parked != 0) text += ", " + std::to_string(parked) + " parked";
  return text;
}

std::string left(const SearchState& state, LiveText::Time now) {
  if (!state.seconds_left) return {};
  const double seconds = *state.seconds_left - seconds_between(state.at, now);
  return seconds < 0.5 ? "" : about(seconds) + " left";
}

/// As many of the parts, the first ones first, as fit behind `line`.
void append_fitting(const std::vector<std::string>& parts, std::size_t columns, std::string& line) {
  std::string_view between;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (line.size() + between.size() + part.size() > columns) return;
    line.append(between).append(part);
    between = "  ";
  }
}

}  // namespace

std::vector<std::string> live_lines(const SearchState& state, LiveText::Time now,
                                    std::size_t columns) {
  if (state.trials.empty()) return {};
  const RunningTrial& trial = main_trial(state);
  const std::string label = padded(" now", kWordWidth) +
                            padded(label_of(trial.number, trial.request.purpose), kLabelWidth);
  const std::string grant = what(state, trial) + ' ';
  const std::string seconds =
      right_aligned(seconds_text(seconds_between(trial.begin, now)), kSecondsWidth) + "  ";
  std::string first;
  for (const std::string& wait : waits(state, trial, now)) {
    first = label + padded(grant, kGrantWidth) + seconds + wait;
    if (first.size() <= columns) break;
    const std::size_t rest = label.size() + seconds.size() + wait.size();
    first = label + cut(grant, std::max(columns, rest) - rest) + seconds + wait;
  }
  std::string second(kWordWidth, ' ');
  append_fitting(
      {position(state), left(state, now), side_by_side(state),
       clock_text(seconds_between(state.begin, now)) + " elapsed", "Ctrl-C stops and cleans up"},
      columns, second);
  return {cut(first, columns), second};
}

std::string live_line(const SearchState& state, LiveText::Time now) {
  if (state.trials.empty()) return "now";
  const RunningTrial& trial = main_trial(state);
  std::string line = "now   " + padded(label_of(trial.number, trial.request.purpose), kLabelWidth) +
                     what(state, trial) + "  " + seconds_text(seconds_between(trial.begin, now));
  for (const std::string& part :
       {waits(state, trial, now).front(), position(state), left(state, now), side_by_side(state)}) {
    if (!part.empty()) line += ", " + part;
  }
  return line;
}

LiveText live_text(const std::string& what) {
  const LiveText::Time begin = std::chrono::steady_clock::now();
  const auto seconds = [begin](LiveText::Time now) {
    return seconds_text(seconds_between(begin, now));
  };
  return {.lines =
              [=](LiveText::Time now, std::size_t columns) {
                const std::string text = padded(" now", kWordWidth) + what;
                return std::vector{cut(text, columns - std::min(columns, 2 + kSecondsWidth)) +
                                   "  " + seconds(now)};
              },
          .line = [=](LiveText::Time now) { return "now   " + what + "  " + seconds(now); }};
}

SearchEvents Progress::events(Expect expect) {
  expect_ = std::move(expect);
  SearchEvents events;
  events.running = [this](const std::vector<RunningTrial>& trials, const History& history) {
    running(trials, history);
  };
  events.finished = [this](const FinishedTrial& trial) { finished(trial); };
  events.condition_finished = [this](int number, CapabilitySet grant, const Outcome& outcome) {
    condition_finished(number, grant, outcome);
  };
  events.engine_lost = [this](std::chrono::milliseconds patience) {
    is_engine_lost_ = true;
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(patience).count();
    terminal_.line("       the engine does not answer; it is waited for, at most " +
                   std::to_string(seconds) + " s, and the trial is run again");
  };
  events.ending = [this] { terminal_.show(live_text("removing containers")); };
  return events;
}

namespace {

/// A state whose forecast is made when it is first told: in a log that is rarely.
struct Told {
  std::once_flag once;
  SearchState state;
  History history;
  Progress::Expect expect;
  bool has_tried_conditions = false;
  double seconds_of_a_trial = 0;  ///< so far; 0 where none has ended

  const SearchState& foreseen() {
    std::call_once(once, [this] { foresee(); });
    return state;
  }

  void foresee() {
    const std::optional<int> left = expect ? expect(history, has_tried_conditions) : std::nullopt;
    if (!left || state.trials.empty()) return;
    const int running = static_cast<int>(state.trials.size());
    state.last_number = state.newest + std::max(0, *left - running);
    if (seconds_of_a_trial == 0) return;
    const double spent = seconds_between(main_trial(state).begin, state.at);
    state.seconds_left =
        std::max(*left, 1) * seconds_of_a_trial - std::min(spent, seconds_of_a_trial);
  }
};

}  // namespace

void Progress::running(const std::vector<RunningTrial>& trials, const History& history) {
  const Clock::time_point now = Clock::now();
  if (!begin_) begin_ = now;
  if (!trials.empty()) newest_ = std::max(newest_, trials.back().number);
  const auto told = std::make_shared<Told>();
  told->state = {.trials = trials,
                 .ceiling = ceiling_,
                 .is_engine_lost = is_engine_lost_,
                 .newest = newest_,
                 .last_number = {},
                 .seconds_left = {},
                 .begin = *begin_,
                 .at = now};
  told->history = history;
  told->expect = expect_;
  told->has_tried_conditions = has_tried_conditions_;
  if (finished_ > 0) told->seconds_of_a_trial = seconds_between(*begin_, now) / finished_;
  terminal_.show(
      {.lines = [told](LiveText::Time at,
                       std::size_t columns) { return live_lines(told->foreseen(), at, columns); },
       .line = [told](LiveText::Time at) { return live_line(told->foreseen(), at); }});
}

void Progress::condition_finished(int number, CapabilitySet grant, const Outcome& outcome) {
  FinishedTrial trial;
  trial.number = number;
  trial.request.grant = grant;
  trial.outcome = outcome;
  has_tried_conditions_ = true;
  finished(trial);
  terminal_.line("       " + terminal_.tinted("under the engine's own settings for ports and ping",
                                              Tint::kDim));
}

void Progress::finished(const FinishedTrial& trial) {
  ++finished_;
  is_engine_lost_ = false;
  std::vector<TrialLine> lines =
      tinted_lines(trial, {.ceiling = ceiling_,
                           .columns = terminal_.columns(),
                           .is_whole = is_whole_,
                           .stamp = terminal_.is_terminal() ? "" : time_of_day()});
  if (trial.outcome.is_stuck() && trial.request.grant == ceiling_ && !has_told_stuck_) {
    has_told_stuck_ = true;
    const std::string indent(kWordWidth + kLabelWidth, ' ');
    lines.insert(
        lines.begin() + 1,
        {indent + "the container was up all that time, and the probe always said the same; one "
                  "more trial makes sure",
         Tint::kDim});
  }
  const std::string& first = lines.front().text;
  const std::size_t word = terminal_.is_terminal() ? 0 : time_of_day().size();
  const bool passed = trial.outcome.verdict == Verdict::kPassed;
  std::string text =
      first.substr(0, word) +
      terminal_.tinted(first.substr(word, kWordWidth), passed ? Tint::kGood : Tint::kBad) +
      first.substr(word + kWordWidth);
  for (auto line = lines.begin() + 1; line != lines.end(); ++line) {
    const std::size_t indent = line->text.find_first_not_of(' ');
    text += '\n' + line->text.substr(0, indent) +
            terminal_.tinted(line->text.substr(indent), line->tint);
  }
  terminal_.line(text);
}

}  // namespace capmin
