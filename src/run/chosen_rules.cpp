#include "run/chosen_rules.h"

#include "diagnosis/embedded_rules.h"
#include "system/file.h"

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

}  // namespace capmin
