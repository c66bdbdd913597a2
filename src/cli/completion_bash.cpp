#include "cli/completion.h"
#include "text/quote.h"
#include "text/words.h"

#include <map>

namespace capmin {
namespace {

constexpr const char* kHead = R"sh(# Completes capmin in bash; printed by `capmin completion bash`.

_capmin_words() {
  local -a found
  mapfile -t found < <(compgen -W "$1" -- "$current")
  COMPREPLY+=("${found[@]}")
}

_capmin_files() {
  local -a found
  mapfile -t found < <(compgen -f -- "$current")
  COMPREPLY+=("${found[@]}")
  # It fails outside of a completion.
  compopt -o filenames 2>/dev/null || true
}

_capmin_list() {
  local before=''
  [[ $current != *,* ]] || before=${current%,*},
  mapfile -t COMPREPLY < <(compgen -P "$before" -W "$capabilities" -- "${current##*,}")
}

_capmin() {
  local current=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]} options='' i
  local place=0 capabilities
)sh";

constexpr const char* kMiddle = R"sh(
  COMPREPLY=()
  # A "=" is a word of its own.
  if [[ $current == = ]]; then
    current=''
  elif [[ $option == = ]]; then
    option=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 2; i < COMP_CWORD; i++)); do
    # Behind it stands a command of the container.
    [[ ${COMP_WORDS[i]} != -- ]] || return 0
    [[ ${COMP_WORDS[i]} == -* ]] || ((++place))
  done
)sh";

/// The calls that offer `choices` for the current word.
std::string offer(const Choices& choices) {
  std::string text;
  if (!choices.words.empty()) text += "_capmin_words '" + joined(choices.words, " ") + "'; ";
  if (choices.capabilities) text += "_capmin_words \"$capabilities\"; ";
  if (choices.files) text += "_capmin_files; ";
  return text;
}

std::string offer_value(const ListedOption& option) {
  const Choices choices = choices_for_value(option.value);
  return choices.capabilities ? "_capmin_list; " : offer(choices);
}

/// What to offer behind options, those together that take the same.
std::string values_of(const CompletedCommand& command) {
  std::map<std::string, std::string> options_by_offer;
  for (const ListedOption& option : command.options) {
    if (option.value.empty()) continue;
    std::string& names = options_by_offer[offer_value(option)];
    names.append(names.empty() ? "" : " | ").append("--" + option.name);
    if (option.letter != 0) names.append(" | -").push_back(option.letter);
  }
  if (options_by_offer.empty()) return {};
  std::string text = "      case $option in\n";
  for (const auto& [offered, names] : options_by_offer) {
    text.append("        ").append(names).append(") ").append(offered).append("return 0 ;;\n");
  }
  return text + "      esac\n";
}

std::string branch_of(const CompletedCommand& command) {
  std::string options;
  for (const ListedOption& option : command.options) {
    options.append(options.empty() ? "--" : " --").append(option.name);
  }
  std::string text = "    " + command.name + ")\n" + values_of(command);
  text += "      options='" + options + "'\n      if [[ $current != -* ]]; then\n";
  const std::string first = offer(command.first);
  const std::string rest = offer(command.rest);
  text += "        if ((place == 0)); then " + (first.empty() ? "return 0; " : first) + "else " +
          (rest.empty() ? "return 0; " : rest) + "fi\n";
  return text + "      fi\n      ;;\n";
}

}  // namespace

std::string bash_completion(const std::vector<CompletedCommand>& commands) {
  std::vector<std::string> names;
  std::string branches;
  for (const CompletedCommand& command : commands) {
    names.push_back(command.name);
    branches += branch_of(command);
  }
  return std::string(kHead) + "  capabilities='" + capability_words() + '\'' + kMiddle +
         "  if ((COMP_CWORD == 1)); then\n    _capmin_words '" + joined(names, " ") +
         "'\n    return 0\n  fi\n  case ${COMP_WORDS[1]} in\n" + branches +
         "  esac\n"
         "  [[ $current != -* ]] || _capmin_words \"$options\"\n"
         "}\n"
         "complete -F _capmin capmin\n";
}

}  // namespace capmin
