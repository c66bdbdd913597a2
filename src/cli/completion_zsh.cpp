#include "cli/completion.h"
#include "text/quote.h"
#include "text/words.h"

namespace capmin {
namespace {

constexpr const char* kHead = R"sh(#compdef capmin
# Completes capmin in zsh; printed by `capmin completion zsh`.

# Offers words, or files.
_capmin_either() {
  _alternative "words:word:($*)" 'files:file:_files'
}

# Offers names of capabilities for the last member of a list with commas.
_capmin_list() {
  local before=${(M)PREFIX##*,}
  compadd - $before${^capmin_capabilities}
}

_capmin() {
  local -a commands capmin_capabilities
)sh";

/// `text` for a place in which _arguments takes brackets and colons for its own.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    if (letter == '[' || letter == ']' || letter == ':' || letter == '\\') result += '\\';
    result += letter;
  }
  return result;
}

/// What _arguments does for a value or a word; a blank in front keeps it from adding arguments.
/// Where nothing can be offered it must not be empty: the message that this stands for keeps zsh
/// from completing options beside it.
std::string action(const Choices& choices) {
  std::string words = joined(choices.words, " ");
  if (choices.capabilities) words.append(words.empty() ? "" : " ").append(capability_words());
  if (choices.files && !words.empty()) return " _capmin_either " + words;
  if (choices.files) return "_files";
  return words.empty() ? " true" : "(" + words + ")";
}

/// One line for each spelling of the option.
std::string lines(const ListedOption& option) {
  const Choices choices = choices_for_value(option.value);
  const std::string what = '[' + escaped(option.text) + ']';
  const std::string value = option.value.empty()
                                ? ""
                                : ':' + escaped(option.value) + ':' +
                                      (choices.capabilities ? " _capmin_list" : action(choices));
  const auto line = [&](const std::string& name) {
    return " \\\n        " + shell_quoted('*' + name + what + value);
  };
  std::string text = line("--" + option.name + (value.empty() ? "" : "="));
  if (option.letter != 0) {
    text += line(std::string("-") + option.letter + (value.empty() ? "" : "+"));
  }
  return text;
}

std::string branch_of(const CompletedCommand& command) {
  std::string text = "    " + command.name + ")\n      _arguments -s -S :";
  for (const ListedOption& option : command.options) {
    text += lines(option);
  }
  text += " \\\n        " + shell_quoted("1: :" + action(command.first));
  text += " \\\n        " + shell_quoted("*: :" + action(command.rest));
  return text + "\n      ;;\n";
}

}  // namespace

std::string zsh_completion(const std::vector<CompletedCommand>& commands) {
  std::string names;
  std::string branches;
  for (const CompletedCommand& command : commands) {
    names += "    " + shell_quoted(escaped(command.name) + ':' + command.summary) + '\n';
    branches += branch_of(command);
  }
  return std::string(kHead) + "  capmin_capabilities=(" + capability_words() + ")\n  commands=(\n" +
         names +
         "  )\n"
         "  if ((CURRENT == 2)); then\n"
         "    _describe -t commands command commands\n"
         "    return\n"
         "  fi\n"
         "  # _arguments takes the first word for the program.\n"
         "  shift words\n"
         "  ((CURRENT--))\n"
         "  case $words[1] in\n" +
         branches +
         "  esac\n"
         "}\n"
         "\n"
         "# It is a file of $fpath, or read by a person's ~/.zshrc.\n"
         "if [[ ${funcstack[1]} == _capmin ]]; then\n"
         "  _capmin \"$@\"\n"
         "else\n"
         "  compdef _capmin capmin\n"
         "fi\n";
}

}  // namespace capmin
