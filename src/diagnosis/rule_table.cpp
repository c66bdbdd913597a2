#include "diagnosis/rule_table.h"

#include "core/error.h"
#include "diagnosis/log_lines.h"
#include "diagnosis/pattern.h"
#include "text/sanitize.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>

namespace capmin {

MatchedLines::MatchedLines(std::vector<std::string_view> lines, const PatternSet& own,
                           const PatternSet& near)
    : lines_(std::move(lines)), own_(own), near_(near) {}

const std::vector<std::size_t>& MatchedLines::find(Window& window, const PatternSet& patterns,
                                                   std::size_t i) {
  Found& found = window[i % window.size()];
  if (found.line != i) {
    found = {i, patterns.matching(lines_[i])};
  }
  return found.patterns;
}

const std::vector<std::size_t>& MatchedLines::own(std::size_t i) {
  return find(own_found_, own_, i);
}

bool MatchedLines::matches_own(std::size_t i, std::size_t pattern) {
  return std::ranges::binary_search(own(i), pattern);
}

bool MatchedLines::matches_near(std::size_t i, std::size_t pattern) {
  return std::ranges::binary_search(find(near_found_, near_, i), pattern);
}

namespace {

constexpr std::size_t kClueEnd = 100;
/// Lines are the same when their first bytes are.
constexpr std::size_t kCompared = 400;
/// Time stamps and their like are taken from so much of a line before it is shortened.
constexpr std::size_t kBeforeStamps = 1000;

/// What surrounds a line while rules are asked about it; on its own a line has neither.
struct Surroundings {
  MatchedLines* lines = nullptr;
  std::size_t index = 0;
  const Evidence* evidence = nullptr;
};

/// The line as clues show it.
std::string shown(std::string_view line) {
  return sanitize(steady_line(sanitize(mask_secrets(line), kBeforeStamps)));
}

bool port_is_below(const std::string& port, int limit) {
  int number = 0;
  const char* end = port.data() + port.size();
  const auto [stop, error] = std::from_chars(port.data(), end, number);
  const bool known = !port.empty() && stop == end && error == std::errc{};
  return !known || number < limit;
}

/// Logs name capabilities as people do, and by the number that the kernel knows them by.
std::optional<Capability> capability_in_log(const std::string& word) {
  if (const auto named = capability_named(word)) return named;
  for (const CapabilityInfo& known : all_capabilities()) {
    if (std::to_string(static_cast<int>(known.capability)) == word) return known.capability;
  }
  return std::nullopt;
}

}  // namespace

struct RuleTable::Compiled {
  /// A decision without the line itself.
  struct Answer {
    const Rule* rule = nullptr;
    std::vector<CapabilitySet> suspects;  ///< none where the line does not speak for any
    bool is_translated = false;  ///< no rule decides, and the line holds a translated error
    std::string program;         ///< captured, where the rule is about executing one
  };

  RuleFile file;
  std::vector<std::size_t> rule_of_pattern;
  std::optional<PatternSet> patterns;  ///< the last one has no rule: that of all translations
  std::optional<PatternSet> near;      ///< what some rules want to stand near the line
  std::vector<std::size_t> near_of_rule;
  std::vector<std::optional<Pattern>> without_of_rule;
  std::vector<std::pair<Pattern, std::string>> translations;

  explicit Compiled(RuleFile rule_file) : file(std::move(rule_file)) {
    std::vector<std::string> all;
    std::vector<std::string> all_near;
    for (std::size_t i = 0; i < file.rules.size(); ++i) {
      const Rule& rule = file.rules[i];
      for (const std::string& pattern : rule.patterns) {
        all.push_back(pattern);
        rule_of_pattern.push_back(i);
      }
      near_of_rule.push_back(all_near.size());
      if (!rule.when.near.empty()) {
        all_near.push_back(rule.when.near);
      }
      std::optional<Pattern>& without = without_of_rule.emplace_back();
      if (!rule.when.without.empty()) without.emplace(rule.when.without);
    }
    std::vector<std::string> forms;
    for (const Translation& translation : file.translations) {
      forms.insert(forms.end(), translation.forms.begin(), translation.forms.end());
      translations.emplace_back(Pattern(literal_pattern(translation.forms)), translation.english);
    }
    if (!forms.empty()) {
      // The forms of one file are known to be small enough, those of two are not.
      if (!pattern_error(literal_pattern(forms)).empty()) {
        throw Error(ExitCode::kUsage, "the rules' translations need too much memory together",
                    "use fewer or shorter forms");
      }
      all.push_back(literal_pattern(forms));
    }
    patterns.emplace(all);
    near.emplace(all_near);
  }

  /// Looks from the line outwards and stops at another error of the same kind, because what stands
  /// beyond it belongs to that one.
  bool holds_near(std::size_t wanted, std::size_t own, std::string_view line,
                  const Surroundings& around) const {
    if ((*near)[wanted].matches(line)) {
      return true;
    }
    if (around.lines == nullptr) {
      return false;
    }
    MatchedLines& lines = *around.lines;
    const std::size_t first = around.index - std::min(around.index, MatchedLines::kBefore);
    for (std::size_t i = around.index; i > first && !lines.matches_own(i - 1, own); --i) {
      if (lines.matches_near(i - 1, wanted)) {
        return true;
      }
    }
    const std::size_t end = std::min(around.index + 1 + MatchedLines::kAfter, lines.size());
    for (std::size_t i = around.index + 1; i < end && !lines.matches_own(i, own); ++i) {
      if (lines.matches_near(i, wanted)) {
        return true;
      }
    }
    return false;
  }

  /// True unless a condition says that later rules are to be asked.
  bool applies(std::size_t number, std::string_view line, const Surroundings& around) const {
    const std::size_t index = rule_of_pattern[number];
    const RuleCondition& when = file.rules[index].when;
    if (!when.path_under.empty()) {
      const std::string path = (*patterns)[number].captured(line, "path");
      if (std::ranges::none_of(when.path_under,
                               [&](const std::string& p) { return path.starts_with(p); })) {
        return false;
      }
    }
    const std::optional<Pattern>& without = without_of_rule[index];
    if (without && without->matches(line)) {
      return false;
    }
    if (!when.exit_status.empty() && around.evidence != nullptr &&
        (!around.evidence->exited ||
         std::ranges::find(when.exit_status, around.evidence->exit_code) ==
             when.exit_status.end())) {
      return false;
    }
    return when.near.empty() || holds_near(near_of_rule[index], number, line, around);
  }

  /// The suspects of `rule`, or of the family of the program that is captured, with a captured
  /// name in its place; an unknown name suspects nothing.
  static std::vector<CapabilitySet> suspects(const Rule& rule, const Pattern& pattern,
                                             std::string_view line) {
    std::vector<CapabilitySet> suspects = rule.suspects;
    if (!rule.programs.empty()) {
      const std::string path = pattern.captured(line, "program");
      const auto family =
          std::ranges::find_if(rule.programs, [&path](const ProgramFamily& programs) {
            return std::ranges::find(programs.names, path.substr(path.rfind('/') + 1)) !=
                   programs.names.end();
          });
      if (family != rule.programs.end()) suspects = family->suspects;
    }
    for (CapabilitySet& set : suspects) {
      if (!set.empty()) {
        continue;
      }
      if (const auto named = capability_in_log(pattern.captured(line, "capability"))) {
        set = set.with(*named);
      }
    }
    std::erase(suspects, CapabilitySet{});
    return suspects;
  }

  Answer decide_text(std::string_view line, const std::vector<std::size_t>& matching,
                     const Surroundings& around) const {
    for (const std::size_t i : matching) {
      if (i >= rule_of_pattern.size()) {
        return {.rule = nullptr, .suspects = {}, .is_translated = true, .program = {}};
      }
      const Rule& rule = file.rules[rule_of_pattern[i]];
      const Pattern& pattern = (*patterns)[i];
      if (!applies(i, line, around)) {
        continue;
      }
      if (rule.when.port_below &&
          !port_is_below(pattern.captured(line, "port"), *rule.when.port_below)) {
        return {&rule, {}, false, {}};
      }
      std::vector<CapabilitySet> found = suspects(rule, pattern, line);
      // A captured name that is no capability leaves the line to later rules.
      if (!found.empty() || rule.suspects.empty()) {
        return {&rule, std::move(found), false, pattern.captured(line, "program")};
      }
    }
    return {};
  }

  Answer decide_text(std::string_view line, const Surroundings& around) const {
    return decide_text(line, patterns->matching(line), around);
  }

  std::string translated(std::string line) const {
    for (const auto& [pattern, english] : translations) {
      line = pattern.replaced(line, english);
    }
    return line;
  }

  /// The line as it stands, then without its escapes, then in English: the first that an exact rule
  /// knows, otherwise the first that a vague one knows.
  Answer decide(std::string_view line, const Surroundings& around) const {
    const auto is_exact = [](const Answer& d) { return d.rule != nullptr && !d.rule->vague; };
    Answer answer = around.lines == nullptr
                        ? decide_text(line, around)
                        : decide_text(line, around.lines->own(around.index), around);
    std::string plain;
    std::string_view text = line;
    if (!is_exact(answer) && line.find('\\') != std::string_view::npos) {
      plain = unescaped(line);
      text = plain;
      if (Answer second = decide_text(text, around); answer.rule == nullptr || is_exact(second)) {
        answer = std::move(second);
      }
    }
    if (answer.rule != nullptr) {
      return answer;
    }
    if (answer.is_translated) {
      answer = decide_text(translated(std::string(text)), around);
    }
    return answer;
  }
};

RuleTable::RuleTable(std::unique_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
RuleTable::RuleTable(RuleTable&&) noexcept = default;
RuleTable& RuleTable::operator=(RuleTable&&) noexcept = default;
RuleTable::~RuleTable() = default;

RuleTable RuleTable::parse(std::string_view yaml, std::string_view source) {
  return RuleTable(std::make_unique<const Compiled>(read_rules(yaml, source)));
}

RuleTable RuleTable::embedded() {
  return RuleTable(std::make_unique<const Compiled>(read_embedded_rules()));
}

RuleTable RuleTable::extended(std::string_view yaml, std::string_view source) {
  RuleFile embedded = read_embedded_rules();
  std::set<std::string> taken;
  for (const Rule& rule : embedded.rules) {
    taken.insert(rule.id);
  }
  RuleFile file = read_rules(yaml, source, taken);
  if (!file.replace) {
    std::ranges::move(embedded.rules, std::back_inserter(file.rules));
    std::ranges::move(embedded.translations, std::back_inserter(file.translations));
  }
  return RuleTable(std::make_unique<const Compiled>(std::move(file)));
}

std::vector<Clue> RuleTable::clues(const Evidence& evidence, const Secrets& secrets) const {
  const LogLines log = log_lines(evidence.log);
  const LogLines engine = log_lines(evidence.engine_message);
  std::vector<std::string_view> all = log.lines;
  all.insert(all.end(), engine.lines.begin(), engine.lines.end());
  // Covered before anything is shortened or cleaned: what is left of a secret then is found no
  // more.
  const std::string covered = secrets.covered(evidence.log);
  const LogLines shown_log = log_lines(covered);
  const std::string covered_message = secrets.covered(evidence.engine_message);
  const LogLines shown_engine = log_lines(covered_message);
  MatchedLines lines(std::move(all), *compiled_->patterns, *compiled_->near);
  std::vector<Clue> clues;
  std::set<std::string> seen;
  // Most lines that say the same differ in their digits alone: that is seen at less cost.
  std::unordered_set<std::string> seen_but_for_digits;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Compiled::Answer answer = compiled_->decide(lines[i], {&lines, i, &evidence});
    if (answer.rule == nullptr) {
      continue;
    }
    const Rule& rule = *answer.rule;
    const bool no_grant_helps = rule.suspects.empty() && !rule.innocent;
    if (answer.suspects.empty() && !no_grant_helps) {
      continue;
    }
    const std::string line(lines[i].substr(0, kCompared));
    const std::string rule_line = rule.id + '\n';
    if (!seen_but_for_digits.insert(rule_line + with_equal_digits(line)).second ||
        !seen.insert(rule_line + normalized(line)).second) {
      continue;
    }
    const std::string_view covered_line = i < shown_log.lines.size()
                                              ? shown_log.lines[i]
                                              : shown_engine.lines[i - shown_log.lines.size()];
    clues.push_back({rule.id, shown(covered_line), answer.suspects, rule.reason, rule.check,
                     rule.alternative, rule.vague, answer.program, rule.seccomp, rule.optional,
                     i < log.numbers.size() ? log.numbers[i] : 0});
    if (clues.size() > 2 * kClueEnd) {
      clues.erase(clues.begin() + kClueEnd);
    }
  }
  return clues;
}

void RuleTable::decide_each(std::string_view log,
                            const std::function<void(const Decision&)>& visit) const {
  LogLines looked_at = log_lines(log);
  MatchedLines lines(std::move(looked_at.lines), *compiled_->patterns, *compiled_->near);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    Compiled::Answer answer = compiled_->decide(lines[i], {&lines, i, nullptr});
    visit({lines[i], answer.rule, std::move(answer.suspects)});
  }
}

bool RuleTable::replaces() const {
  return compiled_->file.replace;
}

const std::vector<Rule>& RuleTable::rules() const {
  return compiled_->file.rules;
}

const Rule* RuleTable::rule_for(std::string_view line) const {
  return compiled_->decide(line, {}).rule;
}

namespace {

/// The place of the capability among the rule's suspects, from 0; their number where it is none.
std::size_t place_among_suspects(const Rule& rule, Capability capability) {
  const auto found = std::ranges::find_if(
      rule.suspects, [capability](CapabilitySet set) { return set.contains({capability}); });
  return static_cast<std::size_t>(found - rule.suspects.begin());
}

}  // namespace

std::vector<const Rule*> rules_about(Capability capability, const RuleTable& table) {
  std::vector<const Rule*> first;
  std::vector<const Rule*> any;
  for (const Rule& rule : table.rules()) {
    const std::size_t place = place_among_suspects(rule, capability);
    if (rule.vague || place == rule.suspects.size()) continue;
    any.push_back(&rule);
    if (place == 0) first.push_back(&rule);
  }
  return first.empty() ? any : first;
}

}  // namespace capmin
