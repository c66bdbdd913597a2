#include "trial/harmless_evidence.h"

#include "diagnosis/log_lines.h"
#include "text/sanitize.h"
#include "trial/trial_observation.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace capmin {
namespace {

/// Of a longer log the end is enough: that is where the reason stands.
constexpr std::size_t kMostLines = 1'000;

/// The last lines of a log as they are shown.
std::vector<std::string> last_lines(const std::string& log) {
  const LogLines all = log_lines(log);
  const auto skipped = all.lines.size() - std::min(all.lines.size(), kMostLines);
  std::vector<std::string> lines;
  std::transform(all.lines.begin() + static_cast<std::ptrdiff_t>(skipped), all.lines.end(),
                 std::back_inserter(lines), [](std::string_view line) { return sanitize(line); });
  return lines;
}

/// FNV-1a, of 64 bits: the same in each run.
std::uint64_t number_of(const std::string& line) {
  std::uint64_t number = 14695981039346656037U;
  for (const char letter : normalized(steady_line(line))) {
    number = (number ^ static_cast<unsigned char>(letter)) * 1099511628211U;
  }
  return number;
}

std::vector<std::uint64_t> numbers_of(const std::string& log) {
  std::set<std::uint64_t> numbers;
  for (const std::string& line : last_lines(log)) {
    numbers.insert(number_of(line));
  }
  return {numbers.begin(), numbers.end()};
}

std::string new_last_line(const SearchResult& before, const FinishedTrial& trial) {
  const auto is_compared = [](const FinishedTrial& other) {
    return other.harmless_lines.has_value();
  };
  if (std::ranges::none_of(before.trials, is_compared)) return {};
  const auto is_new = [&before](const std::string& line) {
    const std::uint64_t number = number_of(line);
    return !line.empty() &&
           std::ranges::none_of(before.trials, [number](const FinishedTrial& other) {
             return other.harmless_lines &&
                    std::ranges::binary_search(*other.harmless_lines, number);
           });
  };
  const std::vector<std::string> lines = last_lines(trial.outcome.log);
  const auto found = std::find_if(lines.rbegin(), lines.rend(), is_new);
  return found == lines.rend() ? std::string() : steady_line(*found);
}

}  // namespace

void add_last_line(const SearchResult& before, FinishedTrial& trial) {
  if (trial.outcome.verdict == Verdict::kPassed) {
    trial.harmless_lines = numbers_of(trial.outcome.log);
  }
  if (trial.outcome.verdict != Verdict::kFailed) return;
  // What a rule says of a line tells more; what the kernel denied may stand beside it.
  const bool is_told = std::ranges::any_of(trial.clues, [](const Clue& clue) {
    return !clue.vague && !clue.suspects.empty() && !is_watched(clue);
  });
  if (is_told) return;
  std::string line = new_last_line(before, trial);
  if (line.empty()) return;
  Clue& clue = trial.clues.emplace_back();
  clue.rule = kLastLineRule;
  clue.line = std::move(line);
  clue.reason = "the last line of the log that no trial which passed has printed";
}

const Clue* last_line(const FinishedTrial& trial) {
  const auto found = std::ranges::find(trial.clues, kLastLineRule, &Clue::rule);
  return found == trial.clues.end() ? nullptr : &*found;
}

namespace {

Check without_count(Check check) {
  check.count = 0;
  return check;
}

/// What was asked, whatever the process held.
CapabilityRequest question_of(CapabilityRequest request) {
  request.held = {};
  request.count = 0;
  return request;
}

}  // namespace

void HarmlessEvidence::add(const FinishedTrial& passed) {
  for (const Clue& clue : passed.clues) {
    lines_.insert(normalized(clue.line));
  }
  if (!passed.outcome.trace) return;
  for (const Check& check : passed.outcome.trace->checks) {
    if (check.result != CheckResult::kGranted) denied_.insert(without_count(check));
  }
  for (const CapabilityRequest& request : passed.outcome.trace->requests) {
    if (!request.lacking().empty()) refused_.insert(question_of(request));
  }
}

bool HarmlessEvidence::holds(const Clue& clue) const {
  return lines_.contains(normalized(clue.line));
}

bool HarmlessEvidence::holds(const Check& check) const {
  return denied_.contains(without_count(check));
}

bool HarmlessEvidence::holds(const CapabilityRequest& request) const {
  return refused_.contains(question_of(request));
}

void HarmlessEvidence::take_from(FinishedTrial& failed) const {
  std::erase_if(failed.clues, [this](const Clue& clue) { return holds(clue); });
  failed.observation = observation_of(failed, *this);
}

}  // namespace capmin
