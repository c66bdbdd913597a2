#include "cli/explain_text.h"
#include "diagnosis/seccomp.h"
#include "diagnosis/suspects_text.h"
#include "profile/document.h"
#include "text/sanitize.h"
#include "text/words.h"

#include <algorithm>
#include <utility>

namespace capmin {
namespace {

std::string entry(std::size_t number, std::size_t width, const Clue& clue) {
  std::string label = std::to_string(number);
  label.resize(std::max(label.size(), width), ' ');
  const std::string indent = '\n' + std::string(label.size() + 2, ' ');
  std::string text = label + "  " + clue.line;
  text += indent + "suspects  " +
          (clue.suspects.empty() ? "none: no grant helps" : suspects_text(clue.suspects));
  text += indent + "reason    " + clue.reason;
  if (!clue.seccomp.empty()) text += indent + "seccomp   " + seccomp_sentence(clue.seccomp);
  text +=
      indent + "rule      " + clue.rule + (clue.vague ? " (vague: it knows the error only)" : "");
  text += indent + "check     " + clue.check;
  if (!clue.alternative.empty()) text += indent + "avoid     " + clue.alternative;
  return text + "\n\n";
}

DocumentList suspect_nodes(const std::vector<CapabilitySet>& suspects) {
  DocumentList list;
  for (const CapabilitySet suspect : suspects) {
    DocumentList together;
    for (const std::string_view name : suspect.names()) {
      together.items.push_back({std::string(name)});
    }
    list.items.push_back({std::move(together)});
  }
  return list;
}

DocumentMap clue_node(const Clue& clue) {
  DocumentMap map;
  // What stands behind a part that was not read has no number that anybody knows.
  if (clue.line_number != 0) map.set("number", {static_cast<int>(clue.line_number)});
  map.set("line", {clue.line});
  map.set("rule", {clue.rule});
  map.set("vague", {clue.vague});
  map.set("suspects", {suspect_nodes(clue.suspects)});
  map.set("reason", {clue.reason});
  if (!clue.seccomp.empty()) map.set("seccomp", {seccomp_sentence(clue.seccomp)});
  map.set("check", {clue.check});
  if (!clue.alternative.empty()) map.set("alternative", {clue.alternative});
  return map;
}

constexpr bool kExited = true;

std::vector<Clue> clues_of(std::string_view log, const RuleTable& rules) {
  Evidence evidence;
  evidence.log = log;
  return rules.clues(evidence);
}

}  // namespace

std::string logs_json(const std::vector<std::pair<std::string, std::string>>& logs,
                      const RuleTable& rules) {
  DocumentList list;
  for (const auto& [name, log] : logs) {
    const std::vector<Clue> clues = clues_of(log, rules);
    DocumentList nodes;
    for (const Clue& clue : clues)
      nodes.items.push_back({clue_node(clue)});
    DocumentMap map;
    map.set("name", {sanitize(name)});
    map.set("clues", {std::move(nodes)});
    map.set("suspects", {suspect_nodes(ranked_suspects(clues, kExited))});
    list.items.push_back({std::move(map)});
  }
  DocumentMap document;
  document.set("kind", {std::string("Explanation")});
  document.set("logs", {std::move(list)});
  return emit_json(document);
}

std::string log_text(const std::string& name, std::string_view log, const RuleTable& rules) {
  const std::vector<Clue> clues = clues_of(log, rules);
  const std::string shown = sanitize(name == "-" ? "standard input" : name);
  if (clues.empty()) {
    return "log " + shown + ": no line speaks for a capability\n";
  }
  const std::size_t width = std::to_string(clues.size()).size();
  std::string text;
  for (std::size_t i = 0; i < clues.size(); ++i) {
    text += entry(i + 1, width, clues[i]);
  }
  const std::vector<CapabilitySet> suspects = ranked_suspects(clues, kExited);
  text += "log " + shown + ": " + counted(clues.size(), "clue") +
          (suspects.empty() ? "; none speaks for a capability"
                            : "; to try first: " + suspects_text(suspects)) +
          '\n';
  return text + "  a log is a hint; capmin run IMAGE --probe FILE finds out and proves it\n";
}

}  // namespace capmin
