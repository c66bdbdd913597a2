#include "cli/explain_text.h"
#include "diagnosis/sanitize.h"
#include "diagnosis/seccomp.h"
#include "diagnosis/suspects_text.h"

#include <algorithm>

namespace capmin {
namespace {

std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

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

}  // namespace

std::string log_text(const std::string& name, std::string_view log, const RuleTable& rules) {
  Evidence evidence;
  evidence.log = log;
  const std::vector<Clue> clues = rules.clues(evidence);
  const std::string shown = sanitize(name == "-" ? "standard input" : name);
  if (clues.empty()) {
    return "log " + shown + ": no line speaks for a capability\n";
  }
  const std::size_t width = std::to_string(clues.size()).size();
  std::string text;
  for (std::size_t i = 0; i < clues.size(); ++i) {
    text += entry(i + 1, width, clues[i]);
  }
  constexpr bool kExited = true;
  const std::vector<CapabilitySet> suspects = ranked_suspects(clues, kExited);
  text += "log " + shown + ": " + counted(clues.size(), "clue") +
          (suspects.empty() ? "; none speaks for a capability"
                            : "; to try first: " + suspects_text(suspects)) +
          '\n';
  return text + "  a log is a hint; capmin run IMAGE --probe FILE finds out and proves it\n";
}

}  // namespace capmin
