#include "cli/completion.h"
#include "text/quote.h"
#include "text/words.h"

namespace capmin {
namespace {

constexpr const char* kHead = R"sh(# Completes capmin in fish; printed by `capmin completion fish`.

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

std::string line(const CompletedCommand& command, const ListedOption& option) {
  std::string text = "complete -c capmin -n '__capmin_in " + command.name + "' -l " + option.name;
  if (option.letter != 0) text.append(" -s ").push_back(option.letter);
  if (!option.value.empty()) {
    const Choices choices = choices_for_value(option.value);
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
  std::string text = kHead;
  text += "set -g __capmin_capabilities " + capability_words() + "\n\n";
  for (const CompletedCommand& command : commands) {
    text += "complete -c capmin -n 'test (count (commandline -opc)) -eq 1' -a " + command.name +
            " -d " + fish_quoted(command.summary) + '\n';
    text += line(command, command.first, '0') + line(command, command.rest, '1');
    for (const ListedOption& option : command.options) {
      text += line(command, option);
    }
  }
  return text;
}

}  // namespace capmin
