#include "diagnosis/rule_table.h"

#include "diagnosis/log_lines.h"
#include "diagnosis/pattern.h"
#include "diagnosis/sanitize.h"
#include "diagnosis/secrets.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace capmin {
namespace {

constexpr std::size_t kClueEnd = 100;
/// Lines are the same when their first bytes are.
constexpr std::size_t kCompared = 400;
constexpr std::size_t kNearBefore = 12;
constexpr std::size_t kNearAfter = 6;

/// What surrounds a line while rules are asked about it; on its own a line has neither.
struct Surroundings {
  const std::vector<std::string_view>* lines = nullptr;
  std::size_t index = 0;
  const Evidence* evidence = nullptr;
};

bool port_is_below(const std::string& port, int limit) {
  int number = 0;
  const char* end = port.data() + port.size();
  const auto [stop, error] = std::from_chars(port.data(), end, number);
  const bool known = !port.empty() && stop == end && error == std::errc{};
  return !known || number < limit;
}

}  // namespace

struct RuleTable::Compiled {
  struct Decision {
    const Rule* rule = nullptr;
    std::vector<CapabilitySet> suspects;  ///< none where the line does not speak for any
    std::string program;                  ///< captured, where the rule is about executing one
  };

  RuleFile file;
  std::vector<std::size_t> rule_of_pattern;
  std::vector<Pattern> patterns;
  std::vector<std::optional<Pattern>> near;  ///< one for each rule
  std::vector<std::pair<Pattern, std::string>> translations;
  std::optional<Pattern> any_translation;
  std::optional<PatternSet> set;

  explicit Compiled(RuleFile rule_file) : file(std::move(rule_file)) {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < file.rules.size(); ++i) {
      const Rule& rule = file.rules[i];
      for (const std::string& pattern : rule.patterns) {
        all.push_back(pattern);
        patterns.emplace_back(pattern);
        rule_of_pattern.push_back(i);
      }
      near.push_back(rule.when.near.empty() ? std::nullopt
                                            : std::optional<Pattern>(rule.when.near));
    }
    std::vector<std::string> forms;
    for (const Translation& translation : file.translations) {
      forms.insert(forms.end(), translation.forms.begin(), translation.forms.end());
      translations.emplace_back(Pattern(literal_pattern(translation.forms)), translation.english);
    }
    if (!forms.empty()) {
      any_translation.emplace(literal_pattern(forms));
    }
    set.emplace(all);
  }

  /// Looks from the line outwards and stops at another error of the same kind, because what stands
  /// beyond it belongs to that one.
  bool holds_near(const Pattern& near_pattern, const Pattern& own, std::string_view line,
                  const Surroundings& around) const {
    if (near_pattern.matches(line)) {
      return true;
    }
    if (around.lines == nullptr) {
      return false;
    }
    const std::vector<std::string_view>& lines = *around.lines;
    const std::size_t first = around.index - std::min(around.index, kNearBefore);
    for (std::size_t i = around.index; i > first && !own.matches(lines[i - 1]); --i) {
      if (near_pattern.matches(lines[i - 1])) {
        return true;
      }
    }
    const std::size_t end = std::min(around.index + 1 + kNearAfter, lines.size());
    for (std::size_t i = around.index + 1; i < end && !own.matches(lines[i]); ++i) {
      if (near_pattern.matches(lines[i])) {
        return true;
      }
    }
    return false;
  }

  /// True unless a condition says that later rules are to be asked.
  bool applies(std::size_t index, const Pattern& pattern, std::string_view line,
               const Surroundings& around) const {
    const RuleCondition& when = file.rules[index].when;
    if (!when.path_under.empty()) {
      const std::string path = pattern.captured(line, "path");
      if (std::ranges::none_of(when.path_under,
                               [&](const std::string& p) { return path.starts_with(p); })) {
        return false;
      }
    }
    if (!when.exit_status.empty() && around.evidence != nullptr &&
        (!around.evidence->exited ||
         std::ranges::find(when.exit_status, around.evidence->exit_code) ==
             when.exit_status.end())) {
      return false;
    }
    return !near[index] || holds_near(*near[index], pattern, line, around);
  }

  /// The suspects of `rule`, with a captured name in its place; an unknown name suspects nothing.
  static std::vector<CapabilitySet> suspects(const Rule& rule, const Pattern& pattern,
                                             std::string_view line) {
    std::vector<CapabilitySet> suspects = rule.suspects;
    for (CapabilitySet& set : suspects) {
      if (const auto named = capability_named(pattern.captured(line, "capability"));
          set.empty() && named) {
        set = set.with(*named);
      }
    }
    std::erase(suspects, CapabilitySet{});
    return suspects;
  }

  Decision decide_text(std::string_view line, const Surroundings& around) const {
    for (const std::size_t i : set->matches(line)) {
      const std::size_t index = rule_of_pattern[i];
      const Rule& rule = file.rules[index];
      if (!applies(index, patterns[i], line, around)) {
        continue;
      }
      if (rule.when.port_below &&
          !port_is_below(patterns[i].captured(line, "port"), *rule.when.port_below)) {
        return {&rule, {}, {}};
      }
      std::vector<CapabilitySet> found = suspects(rule, patterns[i], line);
      // A captured name that is no capability leaves the line to later rules.
      if (!found.empty() || rule.suspects.empty()) {
        return {&rule, std::move(found), patterns[i].captured(line, "program")};
      }
    }
    return {};
  }

  std::string translated(std::string line) const {
    for (const auto& [pattern, english] : translations) {
      line = pattern.replaced(line, english);
    }
    return line;
  }

  /// The line as it stands, then without its escapes, then in English: the first that an exact rule
  /// knows, otherwise the first that a vague one knows.
  Decision decide(std::string_view line, const Surroundings& around) const {
    const auto is_exact = [](const Decision& d) { return d.rule != nullptr && !d.rule->vague; };
    Decision decision = decide_text(line, around);
    std::string plain;
    std::string_view text = line;
    if (!is_exact(decision) && line.find('\\') != std::string_view::npos) {
      plain = unescaped(line);
      text = plain;
      if (Decision second = decide_text(text, around);
          decision.rule == nullptr || is_exact(second)) {
        decision = std::move(second);
      }
    }
    if (decision.rule != nullptr) {
      return decision;
    }
    if (any_translation && any_translation->matches(text)) {
      decision = decide_text(translated(std::string(text)), around);
    }
    return decision;
  }
};

RuleTable::RuleTable(std::unique_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
RuleTable::RuleTable(RuleTable&&) noexcept = default;
RuleTable& RuleTable::operator=(RuleTable&&) noexcept = default;
RuleTable::~RuleTable() = default;

RuleTable RuleTable::parse(std::string_view yaml, std::string_view source) {
  return RuleTable(std::make_unique<const Compiled>(read_rules(yaml, source)));
}

std::vector<Clue> RuleTable::clues(const Evidence& evidence) const {
  const LogLines log = log_lines(evidence.log);
  const LogLines engine = log_lines(evidence.engine_message);
  std::vector<std::string_view> lines = log.lines;
  lines.insert(lines.end(), engine.lines.begin(), engine.lines.end());
  std::vector<Clue> clues;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    auto [rule, suspects, program] = compiled_->decide(lines[i], {&lines, i, &evidence});
    if (suspects.empty()) {
      continue;
    }
    if (!seen.insert(rule->id + '\n' + normalized(std::string(lines[i].substr(0, kCompared))))
             .second) {
      continue;
    }
    clues.push_back({rule->id, sanitize(mask_secrets(lines[i], {})), std::move(suspects),
                     rule->reason, rule->check, rule->alternative, rule->vague,
                     std::move(program)});
    if (clues.size() > 2 * kClueEnd) {
      clues.erase(clues.begin() + kClueEnd);
    }
  }
  return clues;
}

const std::vector<Rule>& RuleTable::rules() const {
  return compiled_->file.rules;
}

const Rule* RuleTable::rule_for(std::string_view line) const {
  return compiled_->decide(line, {}).rule;
}

}  // namespace capmin
