#include "run/chosen_rules.h"

#include "system/file.h"
#include "text/embedded.h"

namespace capmin {

ChosenRules chosen_rules(const std::string& path) {
  if (path.empty()) {
    return {RuleTable::embedded(), sha256(embedded_rules())};
  }
  const std::string text = read_file(path);
  RuleTable table = RuleTable::extended(text, path);
  const std::string used = table.replaces() ? text : text + '\0' + std::string(embedded_rules());
  std::string hash = sha256(used);
  return {std::move(table), std::move(hash)};
}

std::shared_future<ChosenRules> begin_reading_rules(const std::string& path) {
  std::shared_future<ChosenRules> rules = std::async(std::launch::async, chosen_rules, path);
  if (!path.empty()) rules.get();
  return rules;
}

}  // namespace capmin
