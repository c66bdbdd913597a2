#include "cli/completion.h"

#include "core/capability.h"
#include "text/quote.h"
#include "text/words.h"

#include <algorithm>
#include <map>

namespace capmin {
namespace {

/// Words stand in help as they are to be written; what stands for something else is in capitals.
bool is_literal(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || letter == '-';
  });
}

void add_word(Choices& choices, const std::string& word) {
  if (std::ranges::find(choices.words, word) == choices.words.end()) choices.words.push_back(word);
}

/// Adds what stands for an argument in a usage line, such as "[LOGFILE|-]..." or "check".
void add_usage(Choices& choices, const std::string& token) {
  std::string bare = token;
  std::erase_if(bare, [](char letter) { return letter == '[' || letter == ']' || letter == '.'; });
  for (const std::string& part : split(bare, '|')) {
    if (part == "CAPABILITY") {
      choices.capabilities = true;
    } else if (part == "IMAGE" || part == "MASK" || part == "-") {
      continue;
    } else if (is_literal(part)) {
      add_word(choices, part);
    } else {
      choices.files = true;
    }
  }
}

/// Reads "usage: capmin NAME ARGUMENT... [options]" up to the first option.
void add_usage_line(CompletedCommand& command, const std::string& line) {
  const std::size_t begin = line.find("capmin " + command.name);
  if (begin == std::string::npos) return;
  std::vector<std::string> tokens = split(line.substr(begin), ' ');
  std::erase(tokens, "");
  std::size_t place = 0;
  bool repeats = false;
  for (auto token = tokens.begin() + 2; token != tokens.end(); ++token) {
    if (token->starts_with('-') || token->starts_with("[-") || *token == "[options]") break;
    if (*token == "|") {
      // What follows stands in place of what went before.
      place = 0;
      continue;
    }
    add_usage(place == 0 ? command.first : command.rest, *token);
    repeats = token->ends_with("...");
    if (repeats && place == 0) add_usage(command.rest, *token);
    ++place;
  }
}

}  // namespace

Choices choices_for_value(std::string_view name) {
  Choices choices;
  for (const std::string& part : split(name, '|')) {
    if (part == "FILE" || part == "PATH" || part == "DIRECTORY") choices.files = true;
    if (part == "CAP[,CAP]") choices.capabilities = true;
    if (is_literal(part)) add_word(choices, part);
  }
  return choices;
}

CompletedCommand completed_command(const std::string& name, const std::string& help,
                                   OptionRows options) {
  CompletedCommand command{
      .name = name, .summary = {}, .options = std::move(options), .first = {}, .rest = {}};
  for (const std::string& line : split(help.substr(0, help.find("\n\n")), '\n')) {
    add_usage_line(command, line);
  }
  return command;
}

std::string summary_in(std::string_view overview, const std::string& name) {
  const std::vector<std::string> lines = split(overview, '\n');
  const std::string start = "  capmin " + name;
  for (auto line = lines.begin(); line != lines.end(); ++line) {
    if (!line->starts_with(start + ' ')) continue;
    // Behind two blanks, or on a line of its own where the command is long.
    const std::size_t gap = line->find("  ", start.size());
    const auto next = std::next(line);
    if (gap == std::string::npos && next == lines.end()) return {};
    const std::string& text = gap == std::string::npos ? *next : *line;
    return text.substr(text.find_first_not_of(' ', gap == std::string::npos ? 0 : gap));
  }
  return {};
}

std::string capability_words() {
  std::vector<std::string> names;
  for (const CapabilityInfo& each : all_capabilities()) {
    names.emplace_back(each.name);
  }
  return joined(names, " ");
}

namespace {

constexpr const char* kBashHead =
    R"sh(# Completes capmin in bash; printed by `capmin completion bash`.

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

constexpr const char* kBashMiddle = R"sh(
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

std::string offer_value(const Option& option) {
  const Choices choices = choices_for_value(option.value.offered());
  return choices.capabilities ? "_capmin_list; " : offer(choices);
}

/// What to offer behind options, those together that take the same.
std::string values_of(const CompletedCommand& command) {
  std::map<std::string, std::string> options_by_offer;
  for (const Option& option : command.options) {
    if (option.value.name.empty()) continue;
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

std::string bash_branch(const CompletedCommand& command) {
  std::string options;
  for (const Option& option : command.options) {
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
    branches += bash_branch(command);
  }
  return std::string(kBashHead) + "  capabilities='" + capability_words() + '\'' + kBashMiddle +
         "  if ((COMP_CWORD == 1)); then\n    _capmin_words '" + joined(names, " ") +
         "'\n    return 0\n  fi\n  case ${COMP_WORDS[1]} in\n" + branches +
         "  esac\n"
         "  [[ $current != -* ]] || _capmin_words \"$options\"\n"
         "}\n"
         "complete -F _capmin capmin\n";
}

namespace {

constexpr const char* kFishHead =
    R"sh(# Completes capmin in fish; printed by `capmin completion fish`.

# Whether the command is $argv[1].
function __capmin_in
  set -l words (commandline -opc)
  test (count $words) -ge 2; and test "$words[2]" = $argv[1]
end

# Whether a word that is no option stands behind the command, or none where $argv[1] is 0.
function __capmin_place
  set -l words (commandline -opc)
  set -l found 0
  for word in $words[3..-1]
    string match -q -- '-*' $word; or set found 1
  end
  test $found = $argv[1]
end

# Offers $argv for the last member of a list with commas.
function __capmin_list
  set -l before (string match -r '^(?:--[a-z-]+=)?(.*,)?' -- (commandline -ct))[2]
  for name in $argv
    echo $before$name
  end
end

complete -c capmin -f
)sh";

std::string fish_quoted(std::string_view text) {
  std::string result = "'";
  for (const char letter : text) {
    if (letter == '\'' || letter == '\\') result += '\\';
    result += letter;
  }
  return result + '\'';
}

std::string words_of(const Choices& choices) {
  std::string words = joined(choices.words, " ");
  if (choices.capabilities) words.append(words.empty() ? "" : " ").append("$__capmin_capabilities");
  return words;
}

std::string line(const CompletedCommand& command, const Option& option) {
  std::string text = "complete -c capmin -n '__capmin_in " + command.name + "' -l " + option.name;
  if (option.letter != 0) text.append(" -s ").push_back(option.letter);
  if (!option.value.name.empty()) {
    const Choices choices = choices_for_value(option.value.offered());
    text += choices.files ? " -r -F" : " -x";
    if (choices.capabilities) {
      text += " -a '(__capmin_list $__capmin_capabilities)'";
    } else if (!choices.words.empty()) {
      text += " -a '" + joined(choices.words, " ") + '\'';
    }
  }
  return text + " -d " + fish_quoted(option.text) + '\n';
}

std::string line(const CompletedCommand& command, const Choices& choices, char place) {
  const std::string words = words_of(choices);
  if (words.empty() && !choices.files) return {};
  std::string text =
      "complete -c capmin -n '__capmin_in " + command.name + "; and __capmin_place " + place + '\'';
  if (choices.files) text += " -F";
  if (!words.empty()) text += " -a '" + words + '\'';
  return text + '\n';
}

}  // namespace

std::string fish_completion(const std::vector<CompletedCommand>& commands) {
  std::string text = kFishHead;
  text += "set -g __capmin_capabilities " + capability_words() + "\n\n";
  for (const CompletedCommand& command : commands) {
    text += "complete -c capmin -n 'test (count (commandline -opc)) -eq 1' -a " + command.name +
            " -d " + fish_quoted(command.summary) + '\n';
    text += line(command, command.first, '0') + line(command, command.rest, '1');
    for (const Option& option : command.options) {
      text += line(command, option);
    }
  }
  return text;
}

namespace {

constexpr const char* kZshHead = R"sh(#compdef capmin
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
std::string lines(const Option& option) {
  const Choices choices = choices_for_value(option.value.offered());
  const std::string what = '[' + escaped(option.text) + ']';
  const std::string value = option.value.name.empty()
                                ? ""
                                : ':' + escaped(option.value.offered()) + ':' +
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

std::string zsh_branch(const CompletedCommand& command) {
  std::string text = "    " + command.name + ")\n      _arguments -s -S :";
  for (const Option& option : command.options) {
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
    branches += zsh_branch(command);
  }
  return std::string(kZshHead) + "  capmin_capabilities=(" + capability_words() +
         ")\n  commands=(\n" + names +
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
