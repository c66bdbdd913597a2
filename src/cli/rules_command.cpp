#include "cli/commands.h"
#include "cli/log_input.h"
#include "core/error.h"
#include "diagnosis/clue.h"
#include "diagnosis/rule_table.h"
#include "diagnosis/secrets.h"
#include "options/command_options.h"
#include "run/chosen_rules.h"
#include "system/file.h"
#include "text/sanitize.h"

#include <algorithm>

namespace capmin {
namespace {

/// Most rules' suspects fit.
constexpr std::size_t kSuspectsWidth = 26;

/// At least `width` characters and two blanks.
std::string cell(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width) + 2, ' ');
  return text;
}

std::size_t widest_id(const RuleTable& table) {
  std::size_t width = 0;
  for (const Rule& rule : table.rules()) {
    width = std::max(width, rule.id.size());
  }
  return width;
}

std::string suspects_of(const Rule& rule, const std::vector<CapabilitySet>& suspects) {
  return rule.innocent ? "(innocent)" : suspects_text(suspects);
}

std::string list(const RuleTable& table) {
  const std::size_t width = widest_id(table);
  std::string text;
  for (const Rule& rule : table.rules()) {
    text += cell(rule.id, width) + cell(suspects_of(rule, rule.suspects), kSuspectsWidth) +
            rule.reason + '\n';
  }
  return text;
}

std::string check(const std::string& path) {
  const ChosenRules chosen = chosen_rules(path);
  const std::size_t embedded = chosen_rules({}).table.rules().size();
  const std::size_t all = chosen.table.rules().size();
  const bool replaces = chosen.table.replaces();
  const std::size_t own = replaces ? all : all - embedded;
  return sanitize(path) + ": valid; " + std::to_string(own) + (own == 1 ? " rule, " : " rules, ") +
         (replaces ? "in place of the " : "asked before the ") + std::to_string(embedded) +
         " embedded ones\n";
}

std::string test(const RuleTable& table, const std::string& log) {
  const std::size_t width = widest_id(table);
  std::string text;
  table.decide_each(log, [&](const RuleTable::Decision& decision) {
    const bool decides = decision.rule != nullptr;
    text += cell(decides ? decision.rule->id : "-", width) +
            cell(!decides ? "-"
                 : decision.suspects.empty() && !decision.rule->suspects.empty()
                     ? "(condition not met)"
                     : suspects_of(*decision.rule, decision.suspects),
                 kSuspectsWidth) +
            sanitize(mask_secrets(decision.line)) + '\n';
  });
  return text;
}

}  // namespace

ExitCode rules_command(const std::vector<std::string>& arguments) {
  const RulesOptions options = parse_rules_options(arguments);
  switch (options.action) {
    case RulesOptions::Action::kList:
      write_standard_output(list(chosen_rules(options.rules).table));
      break;
    case RulesOptions::Action::kCheck:
      write_standard_output(check(options.rules));
      break;
    case RulesOptions::Action::kTest:
      write_standard_output(
          test(chosen_rules(options.rules).table,
               read_log(options.log, "capmin rules test FILE LOG; a LOG of - is standard input")));
      break;
  }
  return ExitCode::kDone;
}

}  // namespace capmin
